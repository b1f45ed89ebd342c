"""`BestWeights`, under its name in version 0.1.0. Keras has a callback of the same name."""

from hnn_tf.training.best_weights import BestWeights as EarlyStopping

__all__ = ["EarlyStopping"]
