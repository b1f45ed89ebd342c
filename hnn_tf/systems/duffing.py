"""The Duffing oscillator."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_positive
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class Duffing(System):
    """The Duffing oscillator without friction and force: a mass in a double well, such as a buckled beam.

    H(q, p) = p^2 / (2 m) - alpha q^2 / 2 + beta q^4 / 4.

    The two wells are at q = +-sqrt(alpha / beta). Motions with H < 0 stay in one of them. q is in m, p in kg m/s, and H
    in J.

    Args:
      mass: m > 0, in kg.
      alpha: The stiffness alpha > 0 that pushes the mass out of the middle, in N/m. The usual form of the equation has
        +alpha q^2 / 2 with a negative alpha.
      beta: The stiffness beta > 0 that grows with the cube of q, in N/m^3.

    Raises:
      InputError: If a parameter is not a finite number > 0.

    References:
      Guckenheimer, Holmes. Nonlinear Oscillations, Dynamical Systems, and Bifurcations of Vector Fields. 1983,
      section 2.2.
    """

    mass: float = 1.0
    alpha: float = 1.0
    beta: float = 1.0

    dof = 1
    separable = True
    state_names = ("q", "p")
    state_units = ("m", "kg m/s")
    energy_unit = "J"

    def __post_init__(self) -> None:
        check_positive(self)

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` (J) of states `[..., 2]`."""
        q, p = self.split(state)
        square = q * q
        energy = p * p / (2.0 * self.mass) - 0.5 * self.alpha * square + 0.25 * self.beta * square * square
        return tf.squeeze(energy, -1)

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 2]` of states `[N, 2]` in NumPy: (p / m, alpha q - beta q^3)."""
        q, p = states.T
        return np.stack([p / self.mass, q * (self.alpha - self.beta * q * q)]).T
