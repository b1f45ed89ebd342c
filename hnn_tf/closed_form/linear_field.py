"""The motion of a Hamiltonian that is linear in its coefficients, with its derivatives."""

from typing import Any

import tensorflow as tf

from hnn_tf.typing import State


class LinearField:
    """f(s; w) = J grad H(s),  H(s) = sum_i w_i phi_i(s), as a function of state and coefficients.

    Args:
      hamiltonian: A built layer with `feature_gradients`, state `[..., 2n]` -> dphi/ds `[..., 2n, m]`.
    """

    def __init__(self, hamiltonian: Any) -> None:
        self._hamiltonian = hamiltonian

    def columns(self, state: State) -> tf.Tensor:
        """df/dw `[..., 2n, m]` at states `[..., 2n]`."""
        by_q, by_p = tf.split(self._hamiltonian.feature_gradients(state), 2, -2)
        return tf.concat([by_p, -by_q], -2)

    def value(self, state: State, coefficients: tf.Tensor) -> tf.Tensor:
        """f `[..., 2n]` at states `[..., 2n]`, of coefficients `[m]`."""
        return tf.linalg.matvec(self.columns(state), coefficients)

    def linearised(self, state: State, coefficients: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """f `[B, 2n]`, df/ds `[B, 2n, 2n]` and df/dw `[B, 2n, m]` at states `[B, 2n]`."""
        width = state.shape[-1]
        by_state = []
        for i in range(width):
            tangent = tf.broadcast_to(tf.one_hot(i, width, dtype=state.dtype), tf.shape(state))
            with tf.autodiff.ForwardAccumulator(state, tangent) as accumulator:
                value = self.value(state, coefficients)
            by_state.append(accumulator.jvp(value, unconnected_gradients=tf.UnconnectedGradients.ZERO))
        columns = self.columns(state)
        return tf.linalg.matvec(columns, coefficients), tf.stack(by_state, -1), columns
