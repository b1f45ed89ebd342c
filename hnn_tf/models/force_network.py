"""The feed-forward network of forces, with which mechanical models are compared."""

import keras
import tensorflow as tf

from hnn_tf.models.dynamics_network import DynamicsNetwork


@keras.saving.register_keras_serializable(package="hnn_tf")
class ForceNetwork(DynamicsNetwork):
    """A perceptron that predicts the forces of a motion directly, without mass matrix and potential.

    tau = MLP(q, v, a).

    The network has no inertial, Coriolis and gravity parts, and it cannot predict the acceleration under a force. For
    that, see `AccelerationNetwork`.

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input: concat(q, v, a) `[..., 3n]`. Output: generalised forces `[..., n]`.
    """

    def computes_forces(self) -> bool:
        """Returns True."""
        return True

    def inverse_dynamics(self, position: tf.Tensor, velocity: tf.Tensor, acceleration: tf.Tensor) -> tf.Tensor:
        """Returns the forces `[..., n]` of a motion; positions, velocities and accelerations, `[..., n]` each."""
        return self._of(position, velocity, acceleration)
