"""The constrained motion of point masses as a function of masses and of the coefficients of a potential."""

from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.constraints.constrained_motion import forces
from hnn_tf.constraints.derivatives import constraint_curvature, constraint_jacobian
from hnn_tf.constraints.shifted_system import ShiftedSystem
from hnn_tf.typing import State


class ConstrainedField:
    """The motion of states (q, v) on a constraint manifold, as a function of state and parameters.

    dq/dt = v,  M a = -sum_i w_i dphi_i/dq - g v + B u - J^T lambda,  J a = -v^T (d^2 phi / dq^2) v.

    M is diagonal, with one mass for each group of coordinates, such as those of a point. A motion determines masses,
    potential, friction and gains only up to a common factor. Unless masses or gains are known, the first mass is
    therefore 1. The parameters are the unknown gains B of the inputs u, row by row, the unknown masses, the
    coefficients w and, with friction, g.

    Args:
      potential: A built layer of positions `[..., n]` with `features` `[..., m]` and `feature_gradients` `[..., n, m]`,
        in float64.
      constraints: A built layer q -> phi(q) `[..., C]` in float64; None without constraints.
      groups: The group of each coordinate, `[n]`, from 0. All groups from 0 to the largest occur.
      masses: The known masses of the groups; None if they are unknown.
      friction: Whether the parameters contain g.
      gains: The gains of the inputs; by default, there are no inputs.
    """

    def __init__(
        self,
        potential: Any,
        constraints: Any,
        groups: np.ndarray,
        *,
        masses: np.ndarray | None = None,
        friction: bool = False,
        gains: InputGains | None = None,
    ) -> None:
        self._potential, self._constraints = potential, constraints
        self._friction, self._gains = friction, gains
        self._members = np.eye(int(np.max(groups)) + 1)[np.asarray(groups)]
        self.num_gains = 0 if gains is None else gains.num_unknown
        self._known_masses = masses
        # XLA makes one kernel of the many small operations, which a rollout would otherwise unroll in each stage.
        self.linearised = tf.function(self._linearised, autograph=False, jit_compile=True)
        # Known gains of inputs determine the unit of the masses.
        self._scale_is_known = gains is not None and not self.num_gains
        self.num_masses = 0 if masses is not None else self._members.shape[1] - (not self._scale_is_known)

    def missing_force(
        self, state: State, acceleration: tf.Tensor, inputs: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns F `[B, n, k]` and F_0 `[B, n]`, where F theta + F_0 is the force that balances J^T lambda.

        This force is -sum_i w_i dphi_i/dq - g v + B u - M a, which is linear in the parameters theta.
        """
        position, velocity = phase_space.split(state)
        inertial = -acceleration[..., tf.newaxis] * tf.constant(self._members)
        n, found = position.shape[-1], []
        unknown = inertial[..., inertial.shape[-1] - self.num_masses :]
        if self._known_masses is not None:
            known = tf.linalg.matvec(inertial, tf.constant(self._known_masses))
        else:
            known = tf.zeros_like(velocity) if self._scale_is_known else inertial[..., 0]
        if self._gains is not None:
            found.append(self._gains.columns(inputs)[..., n:, :])
            known += phase_space.split(self._gains.known_motion(inputs))[1] if not self.num_gains else 0.0
        found += [unknown, -tf.cast(self._potential.feature_gradients(position), tf.float64)]
        if self._friction:
            found.append(-velocity[..., tf.newaxis])
        return tf.concat(found, -1), known

    def masses(self, parameters: tf.Tensor) -> tf.Tensor:
        """Returns the masses of the groups for parameters `[k]`."""
        if self._known_masses is not None:
            return tf.constant(self._known_masses)
        others = parameters[self.num_gains : self.num_gains + self.num_masses]
        return others if self._scale_is_known else tf.concat([tf.ones([1], tf.float64), others], 0)

    def value(self, state: State, parameters: tf.Tensor, inputs: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the motion `[B, 2n]` at states (q, v) `[B, 2n]` and, with gains, inputs `[B, m]`."""
        velocity = phase_space.split(state)[1]
        force = self._force(state, parameters, inputs)
        return phase_space.join(velocity, self._balance(state, parameters).acceleration(force)[0])

    def _linearised(
        self, state: State, parameters: tf.Tensor, inputs: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns the motion f `[B, 2n]`, df/ds `[B, 2n, 2n]` and the derivatives of f by the parameters `[B, 2n, k]`.

        With the force F(s) and constant a and lambda, the changes of r = F - J^T lambda and of c = J a + v^T (d^2 phi /
        dq^2) v give that of the acceleration: M da = dr - J^T dlambda, J da = -dc.
        """
        _, velocity = phase_space.split(state)
        balance = self._balance(state, parameters)
        acceleration, multiplier = balance.acceleration(self._force(state, parameters, inputs))
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(state)
            rest = self._force(state, parameters, inputs)
            if self._constraints is not None:
                jacobian = constraint_jacobian(self._constraints, phase_space.split(state)[0])
                rest -= forces(jacobian, multiplier)
                rates = constraint_curvature(self._constraints, *phase_space.split(state))
                rates += tf.linalg.matvec(jacobian, acceleration)
                closing = tf.unstack(rates, axis=-1)
            parts = tf.unstack(rest, axis=-1)
        by_state = balance.changes(_gradients(tape, parts, state))
        if self._constraints is not None:
            by_state -= balance.closing(_gradients(tape, closing, state))
        columns, _ = self.missing_force(state, acceleration, inputs)
        by_parameters = balance.changes(columns)
        n = velocity.shape[-1]
        of_velocity = tf.broadcast_to(tf.constant(np.eye(n, 2 * n, n)), tf.shape(by_state))
        nothing = tf.zeros_like(by_parameters)
        return (
            phase_space.join(velocity, acceleration),
            tf.concat([of_velocity, by_state], -2),
            tf.concat([nothing, by_parameters], -2),
        )

    def _force(self, state: State, parameters: tf.Tensor, inputs: tf.Tensor | None) -> tf.Tensor:
        """Returns F `[B, n]`, the force without that of the constraints."""
        position, velocity = phase_space.split(state)
        first, last = self.num_gains + self.num_masses, parameters.shape[0] - self._friction
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(position)
            energy = tf.linalg.matvec(self._potential.features(position), parameters[first:last])
        force = -tape.gradient(energy, position)
        if self._friction:
            force -= parameters[-1] * velocity
        return force if self._gains is None else force + self._gains.motion(inputs, parameters[: self.num_gains])

    def _coordinate_masses(self, parameters: tf.Tensor) -> tf.Tensor:
        return tf.linalg.matvec(tf.constant(self._members), self.masses(parameters))

    def _balance(self, state: State, parameters: tf.Tensor) -> "_Balance":
        masses, (position, velocity) = self._coordinate_masses(parameters), phase_space.split(state)
        if self._constraints is None:
            return _Balance(masses, None, None)
        curvature = constraint_curvature(self._constraints, position, velocity)
        return _Balance(masses, constraint_jacobian(self._constraints, position), curvature)


class _Balance:
    """The equations M a + J^T lambda = F and J a = -c at given states.

    Args:
      masses: The diagonal of M `[n]`.
      jacobian: J `[B, C, n]`, or None without constraints.
      curvature: c `[B, C]`, or None.
    """

    def __init__(self, masses: tf.Tensor, jacobian: tf.Tensor | None, curvature: tf.Tensor | None) -> None:
        self._masses, self._jacobian, self._curvature = masses, jacobian, curvature
        if jacobian is not None:
            self._weighted = jacobian / masses
            self._system = ShiftedSystem(tf.matmul(self._weighted, jacobian, transpose_b=True))

    def acceleration(self, force: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Returns a `[B, n]` and lambda `[B, C]` for forces F `[B, n]`."""
        if self._jacobian is None:
            return force / self._masses, None
        right = self._curvature + tf.linalg.matvec(self._weighted, force)
        multiplier = self._system.solve(right[..., tf.newaxis])[..., 0]
        return (force - forces(self._jacobian, multiplier)) / self._masses, multiplier

    def changes(self, force: tf.Tensor) -> tf.Tensor:
        """Returns the changes of a `[B, n, k]` that changes of F `[B, n, k]` cause."""
        moved = force / self._masses[:, tf.newaxis]
        return moved if self._jacobian is None else moved - self.closing(tf.matmul(self._jacobian, moved))

    def closing(self, rates: tf.Tensor) -> tf.Tensor:
        """Returns M^-1 J^T (J M^-1 J^T)^-1 c `[B, n, k]` for c `[B, C, k]`."""
        return tf.matmul(self._weighted, self._system.solve(rates), transpose_a=True)


def _gradients(tape: tf.GradientTape, components: list[tf.Tensor], state: State) -> tf.Tensor:
    """Returns the derivatives `[B, len(components), 2n]` of components `[B]` by states `[B, 2n]`."""
    none = tf.UnconnectedGradients.ZERO
    return tf.stack([tape.gradient(each, state, unconnected_gradients=none) for each in components], -2)
