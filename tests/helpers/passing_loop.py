"""A training that passes the weights that are best on held-out samples."""

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import TrainingLoop
from hnn_tf.objectives import Objective

SAMPLES = {"target": np.full([4, 1], 5.0), "offset": np.zeros([4, 1])}


class Passing(Objective):
    """Weights and offsets all go from 0 to 5, and are best on the way, at 2."""

    name = "passing"
    columns = ("target", "offset")
    learned_columns = ("offset",)

    def loss(self, model, samples):
        return _distance(model, 5.0) + tf.reduce_mean((samples["offset"] - samples["target"]) ** 2)

    def validation_loss(self, model, samples):
        del samples
        return _distance(model, 2.0)


def _distance(model, target):
    return tf.add_n([tf.reduce_mean((variable.value - target) ** 2) for variable in model.trainable_variables])


def passing_loop(*, objective=None, optimizer=None, learning_rate=0.1, samples=SAMPLES, **options):
    """A loop of it, with Adam or another optimizer."""
    model = keras.Sequential([keras.Input([2]), keras.layers.Dense(2, use_bias=False, kernel_initializer="zeros")])
    optimizer = optimizer or keras.optimizers.Adam(learning_rate, **options)
    return TrainingLoop(model, objective or Passing(), optimizer, samples)
