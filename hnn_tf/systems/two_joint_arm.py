"""A robot arm with two joints."""

import dataclasses
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_not_negative, check_positive
from hnn_tf.systems.two_velocities import two_velocities
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class TwoJointArm(System):
    """A planar arm of two links, with a torque on each joint.

    H(q, p) = p^T M(q)^-1 p / 2 + (m_1 c_1 + m_2 l_1) g (1 - cos q_1) + m_2 c_2 g (1 - cos(q_1 + q_2)),
    M_11 = I_1 + m_1 c_1^2 + m_2 l_1^2 + M_22 + 2 m_2 l_1 c_2 cos q_2,
    M_12 = M_22 + m_2 l_1 c_2 cos q_2,
    M_22 = I_2 + m_2 c_2^2.

    q_1 is the angle of the first link from the hanging position, and q_2 the angle of the second link relative to the
    FIRST link (rad). p = M(q) dq/dt are the generalised momenta (kg m^2/s), and H is the energy (J). The inputs are the
    torques of the two joints (N m): the second motor turns the second link against the first. The friction in the
    joints adds -gamma_i dq_i/dt to dp_i/dt.

    By default, the links are massless rods of 1 m with a point mass at each end, as in `DoublePendulum`, whose second
    angle is q_1 + q_2. A uniform rod of the length l has its centre at l / 2 and the inertia m l^2 / 12.

    Args:
      mass_1: m_1 > 0, in kg.
      mass_2: m_2 > 0, in kg.
      length_1: l_1 > 0, the distance between the joints, in m.
      centre_1: c_1 > 0, the distance of the first link's centre of mass from its joint, in m.
      centre_2: c_2 > 0, the distance of the second link's centre of mass from its joint, in m.
      inertia_1: I_1 >= 0, the first link's moment of inertia about its centre of mass, in kg m^2.
      inertia_2: I_2 >= 0, the second link's moment of inertia about its centre of mass, in kg m^2.
      gravity: g >= 0, in m/s^2. An arm in a horizontal plane has g = 0.
      damping_1: gamma_1 >= 0, in N m s.
      damping_2: gamma_2 >= 0, in N m s.

    Raises:
      InputError: If a parameter is not as described above.

    References:
      Spong, Hutchinson, Vidyasagar. Robot Modeling and Control. 2006, chapter 7, whose q_1 is measured from the
      horizontal.
    """

    mass_1: float = 1.0
    mass_2: float = 1.0
    length_1: float = 1.0
    centre_1: float = 1.0
    centre_2: float = 1.0
    inertia_1: float = 0.0
    inertia_2: float = 0.0
    gravity: float = 9.81
    damping_1: float = 0.0
    damping_2: float = 0.0

    dof = 2
    separable = False
    conservative = False
    state_names = ("q_1", "q_2", "p_1", "p_2")
    state_units = ("rad", "rad", "kg m²/s", "kg m²/s")
    energy_unit = "J"
    num_inputs = 2
    input_names = ("torque_1", "torque_2")
    input_units = ("N m", "N m")

    def __post_init__(self) -> None:
        check_positive(self, "mass_1", "mass_2", "length_1", "centre_1", "centre_2")
        check_not_negative(self, "inertia_1", "inertia_2", "gravity", "damping_1", "damping_2")

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` (J) of states `[..., 4]`."""
        q, p = self.split(state)
        q_1, q_2, p_1, p_2 = q[..., 0], q[..., 1], p[..., 0], p[..., 1]
        v_1, v_2 = self._velocities(tf.cos(q_2), p_1, p_2)
        upper, lower = self._gravity_torques()
        potential = upper * (1.0 - tf.cos(q_1)) + lower * (1.0 - tf.cos(q_1 + q_2))
        return 0.5 * (p_1 * v_1 + p_2 * v_2) + potential

    def dissipation(self, state: State) -> Any:
        """Returns R = diag(0, 0, gamma_1, gamma_2), or None without friction."""
        del state
        damping = self.damping_1, self.damping_2
        return np.diag([0.0, 0.0, *damping]) if any(damping) else None

    def control(self, state: State) -> Any:
        """Returns G `[4, 2]`: each torque acts on the momentum of its joint."""
        del state
        return np.eye(4)[:, 2:]

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns J grad H `[N, 4]` at states `[N, 4]`, written out in NumPy.

        dq/dt = M^-1 p = v,  dp_1/dt = -dV/dq_1,  dp_2/dt = -m_2 l_1 c_2 v_1 (v_1 + v_2) sin q_2 - dV/dq_2.
        """
        q_1, q_2, p_1, p_2 = states.T
        v_1, v_2 = self._velocities(np.cos(q_2), p_1, p_2)
        upper, lower = self._gravity_torques()
        of_lower = -lower * np.sin(q_1 + q_2)
        twist = -self._coupling() * v_1 * (v_1 + v_2) * np.sin(q_2)
        return np.stack([v_1, v_2, of_lower - upper * np.sin(q_1), of_lower + twist]).T

    def _velocities(self, cosine: Any, p_1: Any, p_2: Any) -> tuple[Any, Any]:
        """Returns dq_1/dt and dq_2/dt, of the cosine of q_2 and the momenta."""
        second = self.inertia_2 + self.mass_2 * self.centre_2**2
        alone = self.inertia_1 + self.mass_1 * self.centre_1**2 + self.mass_2 * self.length_1**2
        mixed = second + self._coupling() * cosine
        return two_velocities(alone + mixed + self._coupling() * cosine, mixed, second, p_1, p_2)

    def _coupling(self) -> float:
        """Returns m_2 l_1 c_2, in kg m^2."""
        return self.mass_2 * self.length_1 * self.centre_2

    def _gravity_torques(self) -> tuple[float, float]:
        """Returns (m_1 c_1 + m_2 l_1) g and m_2 c_2 g, in N m."""
        upper = (self.mass_1 * self.centre_1 + self.mass_2 * self.length_1) * self.gravity
        return upper, self.mass_2 * self.centre_2 * self.gravity
