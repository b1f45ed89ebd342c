"""`BestWeights`, by the name that it had in 0.1.0, which Keras has for a callback."""

from hnn_tf.training.best_weights import BestWeights as EarlyStopping

__all__ = ["EarlyStopping"]
