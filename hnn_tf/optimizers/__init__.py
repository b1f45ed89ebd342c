"""Optimizers that Keras doesn't have."""

from hnn_tf.optimizers.coupled_adam import CoupledAdam

__all__ = ["CoupledAdam"]
