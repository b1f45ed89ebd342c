"""The feed-forward network of accelerations, with which mechanical models are compared."""

import keras
import tensorflow as tf

from hnn_tf.models.dynamics_network import DynamicsNetwork


@keras.saving.register_keras_serializable(package="hnn_tf")
class AccelerationNetwork(DynamicsNetwork):
    """A perceptron that predicts the accelerations under forces directly, without mass matrix and potential.

    a = MLP(q, v, tau).

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input: concat(q, v, tau) `[..., 3n]`. Output: accelerations `[..., n]`.
    """

    def computes_forces(self) -> bool:
        """Returns False."""
        return False

    def forward_dynamics(self, position: tf.Tensor, velocity: tf.Tensor, force: tf.Tensor) -> tf.Tensor:
        """Returns the accelerations `[..., n]` under forces; positions, velocities and forces, `[..., n]` each."""
        return self._of(position, velocity, force)
