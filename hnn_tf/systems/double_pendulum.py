"""A pendulum on a pendulum."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_positive
from hnn_tf.systems.two_velocities import two_velocities
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class DoublePendulum(System):
    """Two point masses on massless rods, the second rod on the first mass. Its motion is chaotic at high energies.

    H(q, p) = p^T M(q)^-1 p / 2 + (m_1 + m_2) g l_1 (1 - cos q_1) + m_2 g l_2 (1 - cos q_2),
    M(q) = [[(m_1 + m_2) l_1^2, m_2 l_1 l_2 cos(q_1 - q_2)], [m_2 l_1 l_2 cos(q_1 - q_2), m_2 l_2^2]].

    q_1 and q_2 are the angles of the rods from the hanging position (rad), p = M(q) dq/dt the generalised momenta
    (kg m^2/s), and H the energy (J).

    Args:
      mass_1: m_1 > 0, in kg.
      mass_2: m_2 > 0, in kg.
      length_1: l_1 > 0, in m.
      length_2: l_2 > 0, in m.
      gravity: g > 0, in m/s^2.

    Raises:
      InputError: If a parameter is not a finite number > 0.

    References:
      Landau, Lifshitz. Mechanics. 3rd edition, 1976, section 5, problem 1.
    """

    mass_1: float = 1.0
    mass_2: float = 1.0
    length_1: float = 1.0
    length_2: float = 1.0
    gravity: float = 1.0

    dof = 2
    separable = False
    state_names = ("q_1", "q_2", "p_1", "p_2")
    state_units = ("rad", "rad", "kg m²/s", "kg m²/s")
    energy_unit = "J"

    def __post_init__(self) -> None:
        check_positive(self)

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` (J) of states `[..., 4]`."""
        q, p = self.split(state)
        q_1, q_2, p_1, p_2 = q[..., 0], q[..., 1], p[..., 0], p[..., 1]
        first, second, coupling = self._inertias()
        mixed = coupling * tf.cos(q_1 - q_2)
        kinetic = (second * p_1 * p_1 - 2.0 * mixed * p_1 * p_2 + first * p_2 * p_2) / (first * second - mixed * mixed)
        upper, lower = self._gravity_torques()
        return 0.5 * kinetic + upper * (1.0 - tf.cos(q_1)) + lower * (1.0 - tf.cos(q_2))

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 4]` of states `[N, 4]`, written out in NumPy.

        dq/dt = M^-1 p = v,  dp_1/dt = -c v_1 v_2 sin(q_1 - q_2) - ...,  where c = m_2 l_1 l_2.
        """
        q_1, q_2, p_1, p_2 = states.T
        first, second, coupling = self._inertias()
        mixed = coupling * np.cos(q_1 - q_2)
        v_1, v_2 = two_velocities(first, mixed, second, p_1, p_2)
        twist = coupling * v_1 * v_2 * np.sin(q_1 - q_2)
        upper, lower = self._gravity_torques()
        return np.stack([v_1, v_2, -twist - upper * np.sin(q_1), twist - lower * np.sin(q_2)]).T

    def _inertias(self) -> tuple[float, float, float]:
        """Returns (m_1 + m_2) l_1^2, m_2 l_2^2 and m_2 l_1 l_2."""
        both = self.mass_1 + self.mass_2
        return both * self.length_1**2, self.mass_2 * self.length_2**2, self.mass_2 * self.length_1 * self.length_2

    def _gravity_torques(self) -> tuple[float, float]:
        """Returns (m_1 + m_2) g l_1 and m_2 g l_2."""
        both = self.mass_1 + self.mass_2
        return both * self.gravity * self.length_1, self.mass_2 * self.gravity * self.length_2
