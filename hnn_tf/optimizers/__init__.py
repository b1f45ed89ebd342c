"""Optimizers that Keras doesn't have."""

from hnn_tf.optimizers.coupled_adam import CoupledAdam
from hnn_tf.optimizers.lbfgs import LBFGS

__all__ = ["LBFGS", "CoupledAdam"]
