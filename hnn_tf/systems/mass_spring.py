"""The ideal mass on a spring."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_positive
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class MassSpring(System):
    """A mass on a linear spring.

    H(q, p) = p^2 / (2 m) + k q^2 / 2,  angular frequency sqrt(k / m).

    q is the displacement (m), p the momentum (kg m/s), and H the energy (J). The defaults give H = q^2 + p^2, as in the
    reference code. The paper's text has 1/2 (q^2 + p^2), which makes the motion half as fast.

    Args:
      mass: m > 0, in kg.
      spring_constant: k > 0, in N/m.

    Raises:
      InputError: If a parameter is not a finite number > 0.

    References:
      Greydanus, Dzamba, Yosinski. arXiv:1906.01563, section 3, task 1.
    """

    mass: float = 0.5
    spring_constant: float = 2.0

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
        energy = p * p / (2.0 * self.mass) + 0.5 * self.spring_constant * q * q
        return tf.squeeze(energy, -1)

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 2]` of states `[N, 2]`, written out in NumPy: (p / m, -k q)."""
        q, p = states.T
        return np.stack([p / self.mass, -self.spring_constant * q]).T
