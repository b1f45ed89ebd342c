"""The baseline that knows mechanics' second order."""

import numpy as np
import tensorflow as tf

from hnn_tf.models import SecondOrderNetwork


def test_the_momentum_is_the_velocity_and_the_rest_is_learned(rng):
    model, state = SecondOrderNetwork(hidden_units=(8,), dtype="float64"), rng.normal(size=[6, 4])
    motion = model(tf.constant(state))
    np.testing.assert_array_equal(motion[:, :2], state[:, 2:])
    np.testing.assert_array_equal(motion[:, 2:], model.mlp(tf.constant(state)))
