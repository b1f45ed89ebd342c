"""The motion of a Hamiltonian that is linear in its coefficients, with its derivatives."""

from typing import Any

import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.declarations import declared
from hnn_tf.typing import State


def is_linear(hamiltonian: Any) -> bool:
    """Returns whether a Hamiltonian, built or not, is linear in its coefficients."""
    return declared(hamiltonian, "feature_gradients") is not None and declared(hamiltonian, "has_features")


class LinearField:
    """The motion f of a Hamiltonian that is linear in its coefficients, as a function of state and parameters.

    f = (J - R) grad H + (0, B u),  H(s) = H_0(s) + sum_i w_i phi_i(s).

    The parameters are the unknown gains B of inputs u, row by row, then the coefficients w and, with friction, the
    coefficient g after them. With friction, R is diag(0, g), so that dp/dt = -dH/dq - g dH/dp + B u. H_0 is the part
    of H that has no coefficients, such as the kinetic energy of known masses; it is 0 for most layers. Features are
    computed in the layer's precision, and everything else in float64.

    Args:
      hamiltonian: A built layer with `feature_gradients`, state `[..., 2n]` -> dphi/ds `[..., 2n, m]`.
      friction: Whether the parameters contain g.
      gains: The gains of the inputs, unknown or known; by default, there are no inputs.
    """

    def __init__(self, hamiltonian: Any, *, friction: bool = False, gains: InputGains | None = None) -> None:
        self._hamiltonian, self._friction, self._gains = hamiltonian, friction, gains
        self._num_gains = 0 if gains is None else gains.num_unknown

    def columns(self, state: State, parameters: tf.Tensor, inputs: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the derivatives of f by the parameters, `[..., 2n, m]`, at states `[..., 2n]` and inputs."""
        by_q, by_p = self._feature_gradients(state)
        found = [] if self._gains is None else [self._gains.columns(inputs)]
        if not self._friction:
            return tf.concat([*found, tf.concat([by_p, -by_q], -2)], -1)
        _, coefficients, friction = self._parts(parameters)
        velocity = tf.linalg.matvec(by_p, coefficients)
        known = self._known_gradient(state)
        velocity = velocity if known is None else velocity + known[1]
        by_friction = tf.concat([tf.zeros_like(velocity), -velocity], -1)[..., tf.newaxis]
        return tf.concat([*found, tf.concat([by_p, -by_q - friction * by_p], -2), by_friction], -1)

    def known_motion(self, state: State) -> tf.Tensor | None:
        """Returns the motion `[..., 2n]` of H_0 without friction at states `[..., 2n]`; None if H_0 = 0."""
        known = self._known_gradient(state)
        return None if known is None else phase_space.join(known[1], -known[0])

    def value(self, state: State, parameters: tf.Tensor, inputs: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the motion f `[..., 2n]` at states `[..., 2n]` and, with gains, inputs `[..., m]`."""
        gains, coefficients, friction = self._parts(parameters)
        by_q, velocity = (tf.linalg.matvec(part, coefficients) for part in self._feature_gradients(state))
        known = self._known_gradient(state)
        if known is not None:
            by_q, velocity = by_q + known[0], velocity + known[1]
        force = -by_q - friction * velocity if self._friction else -by_q
        if self._gains is not None:
            force += self._gains.motion(inputs, gains)
        return tf.concat([velocity, force], -1)

    def linearised(
        self, state: State, parameters: tf.Tensor, inputs: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns the motion f `[B, 2n]`, df/ds `[B, 2n, 2n]` and `columns` at states `[B, 2n]` and inputs `[B, m]`."""
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(state)
            value = self.value(state, parameters, inputs)
            components = tf.unstack(value, axis=-1)
        none = tf.UnconnectedGradients.ZERO
        by_state = [tape.gradient(component, state, unconnected_gradients=none) for component in components]
        return value, tf.stack(by_state, -2), self.columns(state, parameters, inputs)

    def _parts(self, parameters: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor | None]:
        """Returns the gains, the coefficients and the friction of the parameters."""
        first, last = self._num_gains, parameters.shape[0] - self._friction
        return parameters[:first], parameters[first:last], parameters[-1] if self._friction else None

    def _known_gradient(self, state: State) -> list[tf.Tensor] | None:
        gradient = declared(self._hamiltonian, "known_gradient")
        return None if gradient is None else tf.split(tf.cast(gradient(state), tf.float64), 2, -1)

    def _feature_gradients(self, state: State) -> list[tf.Tensor]:
        return tf.split(tf.cast(self._hamiltonian.feature_gradients(state), tf.float64), 2, -2)
