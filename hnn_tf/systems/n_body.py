"""Bodies that attract each other."""

import dataclasses
import math
import numbers
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class NBody(System):
    """Bodies under each other's gravity, in the plane or in space.

    H(q, p) = sum_i |p_i|^2 / (2 m_i) - G sum_{i<j} m_i m_j / sqrt(|q_i - q_j|^2 + epsilon^2).

    The state is component-major, as in the reference code: for two bodies in the plane, it is (x_1, x_2, y_1, y_2,
    p_x1, p_x2, p_y1, p_y2). `component_major` converts states in the order (x_1, y_1, x_2, y_2, ...). The numbers
    themselves do not show which order they have. The momenta are p_i = m_i v_i, not velocities. The units are natural
    units: length l, mass m, and time sqrt(l^3 / (G m)).

    Args:
      masses: The masses m_i > 0, one for each body. There are at least two bodies.
      dimension: 2 or 3.
      gravitational_constant: G > 0.
      softening: The length epsilon >= 0, which keeps the attraction finite when bodies meet; 0 is Newton's law.

    Raises:
      ValueError: If a parameter is not as described above.

    References:
      Greydanus, Dzamba, Yosinski. arXiv:1906.01563, section 4 and appendix A (unit masses, G = 1).
    """

    masses: tuple[float, ...] = (1.0, 1.0)
    dimension: int = 2
    gravitational_constant: float = 1.0
    softening: float = 0.0

    separable = True
    energy_unit = ""

    def __post_init__(self) -> None:
        masses = self.masses if isinstance(self.masses, tuple) else ()
        if len(masses) < 2 or not all(_is_finite(mass) and mass > 0 for mass in masses):
            raise ValueError(f"masses: expected a tuple of at least two finite numbers > 0; received {self.masses}")
        if self.dimension not in (2, 3) or not isinstance(self.dimension, int):
            raise ValueError(f"dimension: expected 2 or 3; received {self.dimension}")
        if not (_is_finite(self.gravitational_constant) and self.gravitational_constant > 0):
            raise ValueError(
                f"gravitational_constant: expected a finite number > 0; received {self.gravitational_constant}"
            )
        if not (_is_finite(self.softening) and self.softening >= 0):
            raise ValueError(f"softening: expected a finite number >= 0; received {self.softening}")

    @property
    def num_bodies(self) -> int:
        """The number of bodies N."""
        return len(self.masses)

    @property
    def dof(self) -> int:  # type: ignore[override]
        """The number of degrees of freedom, N times the dimension."""
        return self.num_bodies * self.dimension

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of the coordinates, in the order of the state."""
        axes, bodies = "xyz"[: self.dimension], range(1, self.num_bodies + 1)
        return (*(f"{axis}_{i}" for axis in axes for i in bodies), *(f"p_{axis}{i}" for axis in axes for i in bodies))

    @property
    def state_units(self) -> tuple[str, ...]:  # type: ignore[override]
        """The units of the coordinates, which are empty: natural units have no names."""
        return ("",) * (2 * self.dof)

    def bodies(self, state: State) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the positions and momenta, `[..., dimension, N]` each, of states `[..., 2n]`."""
        q, p = self.split(state)
        return self._by_body(q), self._by_body(p)

    def kinetic_energy(self, state: State) -> tf.Tensor:
        """Returns the kinetic energy `[...]` of states `[..., 2n]`."""
        _, p = self.bodies(state)
        return 0.5 * tf.reduce_sum(p * p / tf.constant(self.masses, p.dtype), [-2, -1])

    def potential_energy(self, state: State) -> tf.Tensor:
        """Returns the potential energy `[...]` of states `[..., 2n]`. Every pair of bodies counts once."""
        q, _ = self.bodies(state)
        first, second = np.triu_indices(self.num_bodies, k=1)
        # The differences are a product with a matrix, because the gradient of a gather is slow.
        pairs = tf.constant(np.eye(self.num_bodies)[:, first] - np.eye(self.num_bodies)[:, second], q.dtype)
        squared_distance = tf.reduce_sum(tf.tensordot(q, pairs, 1) ** 2, -2) + self.softening**2
        masses = np.asarray(self.masses)
        strength = tf.constant(self.gravitational_constant * masses[first] * masses[second], q.dtype)
        return -tf.reduce_sum(strength * tf.math.rsqrt(squared_distance), -1)

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]`."""
        return self.kinetic_energy(state) + self.potential_energy(state)

    def numpy_motion(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 2n]` of states `[N, 2n]`, written out in NumPy.

        dq_i/dt = p_i / m_i,  dp_i/dt = sum_j G m_i m_j (q_j - q_i) / (|q_j - q_i|^2 + epsilon^2)^(3/2).
        """
        # The states are on the last axis, so that each array operation runs over them.
        q, p = states.T.reshape(2, self.dimension, self.num_bodies, len(states))
        first, second = np.triu_indices(self.num_bodies, k=1)
        masses = np.asarray(self.masses)[:, np.newaxis]
        separation = q[:, first] - q[:, second]
        squared = np.sum(separation * separation, 0) + self.softening**2
        strength = self.gravitational_constant * masses[first] * masses[second]
        pulls = separation * (strength / (squared * np.sqrt(squared)))
        motion = np.empty([2, *q.shape])
        motion[0] = p / masses
        motion[1] = 0.0
        for k, (i, j) in enumerate(zip(first, second, strict=True)):
            motion[1, :, i] -= pulls[:, k]
            motion[1, :, j] += pulls[:, k]
        return motion.reshape(2 * self.dof, len(states)).T

    def total_momentum(self, state: State) -> tf.Tensor:
        """Returns the sum of the momenta `[..., dimension]` of states `[..., 2n]`, which the motion conserves."""
        return tf.reduce_sum(self.bodies(state)[1], -1)

    def angular_momentum(self, state: State) -> tf.Tensor:
        """Returns the angular momentum of states `[..., 2n]` about the origin, which the motion conserves.

        L = sum_i q_i x p_i.

        Returns:
          In the plane, the only component `[..., 1]`: sum_i x_i p_yi - y_i p_xi. In space, all components `[..., 3]`.
        """
        q, p = self.bodies(state)
        components = [(0, 1)] if self.dimension == 2 else [(1, 2), (2, 0), (0, 1)]
        return tf.stack(
            [tf.reduce_sum(q[..., a, :] * p[..., b, :] - q[..., b, :] * p[..., a, :], -1) for a, b in components], -1
        )

    def _by_body(self, values: tf.Tensor) -> tf.Tensor:
        """Reshapes coordinates `[..., n]` to `[..., dimension, N]`."""
        return tf.reshape(values, tf.concat([tf.shape(values)[:-1], [self.dimension, self.num_bodies]], 0))


def _is_finite(value: Any) -> bool:
    return isinstance(value, numbers.Real) and math.isfinite(value)
