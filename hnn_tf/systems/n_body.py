"""Bodies that attract each other."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.systems.bodies import Bodies
from hnn_tf.systems.parameters import check_not_negative, check_positive, check_positive_tuple
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class NBody(Bodies):
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
      InputError: If a parameter is not as described above.

    References:
      Greydanus, Dzamba, Yosinski. arXiv:1906.01563, section 4 and appendix A (unit masses, G = 1).
    """

    masses: tuple[float, ...] = (1.0, 1.0)
    dimension: int = 2
    gravitational_constant: float = 1.0
    softening: float = 0.0

    energy_unit = ""

    def __post_init__(self) -> None:
        check_positive_tuple(self, "masses", least=2)
        if self.dimension not in (2, 3) or not isinstance(self.dimension, int):
            raise InputError(f"NBody: dimension: expected 2 or 3; received {self.dimension}")
        check_positive(self, "gravitational_constant")
        check_not_negative(self, "softening")

    @property
    def state_units(self) -> tuple[str, ...]:  # type: ignore[override]
        """The units of the coordinates, which are empty: natural units have no names."""
        return ("",) * (2 * self.dof)

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

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
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
