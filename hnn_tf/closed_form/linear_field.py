"""The motion of a Hamiltonian that is linear in its coefficients, with its derivatives."""

from typing import Any

import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.typing import State


def is_linear(hamiltonian: Any) -> bool:
    """Returns whether a Hamiltonian, built or not, is linear in its coefficients."""
    return declared(hamiltonian, "feature_gradients") is not None and declared(hamiltonian, "has_features")


class LinearField:
    """The motion f of a Hamiltonian that is linear in its coefficients, as a function of state and parameters.

    f = (J - R) grad H,  H(s) = sum_i w_i phi_i(s).

    The parameters are the coefficients w and, with friction, the coefficient g after them. With friction, R is
    diag(0, g), so that dp/dt = -dH/dq - g dH/dp. Features are computed in the layer's precision, and everything else in
    float64.

    Args:
      hamiltonian: A built layer with `feature_gradients`, state `[..., 2n]` -> dphi/ds `[..., 2n, m]`.
      friction: Whether the parameters contain g.
    """

    def __init__(self, hamiltonian: Any, *, friction: bool = False) -> None:
        self._hamiltonian, self._friction = hamiltonian, friction

    def columns(self, state: State, parameters: tf.Tensor) -> tf.Tensor:
        """Returns the derivatives of f by the parameters, `[..., 2n, m]` (or m + 1), at states `[..., 2n]`."""
        by_q, by_p = self._feature_gradients(state)
        if not self._friction:
            return tf.concat([by_p, -by_q], -2)
        velocity = tf.linalg.matvec(by_p, parameters[:-1])
        by_friction = tf.concat([tf.zeros_like(velocity), -velocity], -1)[..., tf.newaxis]
        return tf.concat([tf.concat([by_p, -by_q - parameters[-1] * by_p], -2), by_friction], -1)

    def value(self, state: State, parameters: tf.Tensor) -> tf.Tensor:
        """Returns the motion f `[..., 2n]` at states `[..., 2n]`."""
        coefficients = parameters[:-1] if self._friction else parameters
        force, velocity = (tf.linalg.matvec(part, coefficients) for part in self._feature_gradients(state))
        return tf.concat([velocity, -force - parameters[-1] * velocity if self._friction else -force], -1)

    def linearised(self, state: State, parameters: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns the motion f `[B, 2n]`, df/ds `[B, 2n, 2n]` and `columns` at states `[B, 2n]`."""
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(state)
            value = self.value(state, parameters)
            components = tf.unstack(value, axis=-1)
        none = tf.UnconnectedGradients.ZERO
        by_state = [tape.gradient(component, state, unconnected_gradients=none) for component in components]
        return value, tf.stack(by_state, -2), self.columns(state, parameters)

    def _feature_gradients(self, state: State) -> list[tf.Tensor]:
        return tf.split(tf.cast(self._hamiltonian.feature_gradients(state), tf.float64), 2, -2)
