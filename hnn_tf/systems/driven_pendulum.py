"""A pendulum with friction and a motor."""

import dataclasses
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_not_negative, check_positive
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class DrivenPendulum(System):
    """A point mass on a massless rod, with linear friction in the pivot and a torque on the rod.

    H(q, p) = p^2 / (2 m l^2) + m g l (1 - cos q),  dq/dt = dH/dp,  dp/dt = -dH/dq - gamma dq/dt + u.

    q is the angle from the hanging position (rad), p the angular momentum (kg m^2/s), H the energy (J), and the input u
    the torque on the rod (N m). Without friction, and with the torque 0, the motion is that of `Pendulum` with the
    inertia m l^2 and the gravity torque m g l. `DrivenPendulum(mass=1 / 3, gravity=15.0)` has H = 5 (1 - cos q) + 1.5
    p^2, as in the experiment of Zhong, Dey and Chakraborty.

    Args:
      mass: m > 0, in kg.
      length: l > 0, in m.
      gravity: g > 0, in m/s^2.
      damping: gamma >= 0, in N m s, the friction torque for one rad/s.

    Raises:
      InputError: If a parameter is not as described above.

    References:
      Zhong, Dey, Chakraborty. Symplectic ODE-Net: Learning Hamiltonian Dynamics with Control. arXiv:1909.12077,
      section 4.
    """

    mass: float = 1.0
    length: float = 1.0
    gravity: float = 9.81
    damping: float = 0.0

    dof = 1
    separable = True
    conservative = False
    state_names = ("q", "p")
    state_units = ("rad", "kg m²/s")
    energy_unit = "J"
    num_inputs = 1
    input_names = ("torque",)
    input_units = ("N m",)

    def __post_init__(self) -> None:
        check_positive(self, "mass", "length", "gravity")
        check_not_negative(self, "damping")

    @property
    def inertia(self) -> float:
        """The moment of inertia m l^2 about the pivot, in kg m^2."""
        return self.mass * self.length**2

    @property
    def gravity_torque(self) -> float:
        """The torque m g l of gravity on the horizontal pendulum, in N m."""
        return self.mass * self.gravity * self.length

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` (J) of states `[..., 2]`."""
        q, p = self.split(state)
        energy = p * p / (2.0 * self.inertia) + self.gravity_torque * (1.0 - tf.cos(q))
        return tf.squeeze(energy, -1)

    def dissipation(self, state: State) -> Any:
        """Returns R = diag(0, gamma), or None without friction."""
        del state
        return np.diag([0.0, self.damping]) if self.damping else None

    def control(self, state: State) -> Any:
        """Returns G `[2, 1]`: the torque acts on p."""
        del state
        return [[0.0], [1.0]]

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns J grad H `[N, 2]` at states `[N, 2]`, written out in NumPy: (p / (m l^2), -m g l sin q)."""
        q, p = states.T
        return np.stack([p / self.inertia, -self.gravity_torque * np.sin(q)]).T
