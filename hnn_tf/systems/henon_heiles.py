"""The Henon-Heiles system."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class HenonHeiles(System):
    """A star near the centre of a galaxy, whose motion is regular at low energies and chaotic at high ones.

    H(q, p) = |p|^2 / 2 + |q|^2 / 2 + x^2 y - y^3 / 3,  q = (x, y).

    Motions near the centre with an energy below 1/6 stay bounded. At the energy 1/8, about half of them are chaotic.
    The quantities have no units.

    References:
      Henon, Heiles. The applicability of the third integral of motion. Astronomical Journal 69, 1964.
    """

    dof = 2
    separable = True
    state_names = ("x", "y", "p_x", "p_y")
    state_units = ("", "", "", "")
    energy_unit = ""

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 4]`."""
        q, p = self.split(state)
        x, y = q[..., 0], q[..., 1]
        return 0.5 * (tf.reduce_sum(p * p, -1) + x * x + y * y) + x * x * y - y * y * y / 3.0

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 4]` of states `[N, 4]`, written out in NumPy."""
        x, y, p_x, p_y = states.T
        return np.stack([p_x, p_y, -x - 2.0 * x * y, -y - x * x + y * y]).T
