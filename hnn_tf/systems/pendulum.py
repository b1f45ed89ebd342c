"""The ideal pendulum."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_positive
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class Pendulum(System):
    """A rigid pendulum without friction.

    H(q, p) = p^2 / (2 I) + K (1 - cos q),  I = m l^2,  K = m g l,  small-angle frequency sqrt(K / I).

    q is the angle from the hanging position (rad), p the angular momentum (kg m^2/s), and H the energy (J). The
    defaults give H = 3 (1 - cos q) + p^2, as in the reference code.

    Args:
      inertia: I > 0, in kg m^2.
      gravity_torque: K > 0, the torque of gravity on the horizontal pendulum, in N m.

    Raises:
      InputError: If a parameter is not a finite number > 0.

    References:
      Greydanus, Dzamba, Yosinski. arXiv:1906.01563, section 3, task 2.
    """

    inertia: float = 0.5
    gravity_torque: float = 3.0

    dof = 1
    separable = True
    state_names = ("q", "p")
    state_units = ("rad", "kg m²/s")
    energy_unit = "J"

    def __post_init__(self) -> None:
        check_positive(self)

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` (J) of states `[..., 2]`."""
        q, p = self.split(state)
        energy = p * p / (2.0 * self.inertia) + self.gravity_torque * (1.0 - tf.cos(q))
        return tf.squeeze(energy, -1)

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 2]` of states `[N, 2]`, written out in NumPy: (p / I, -K sin q)."""
        q, p = states.T
        return np.stack([p / self.inertia, -self.gravity_torque * np.sin(q)]).T
