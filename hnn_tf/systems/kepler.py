"""The Kepler problem."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_positive
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class Kepler(System):
    """A body of unit mass in the plane around a fixed centre of attraction.

    H(q, p) = |p|^2 / 2 - mu / |q|.

    Bound orbits are ellipses. An orbit with the semi-major axis a has the period 2 pi sqrt(a^3 / mu) and the energy -mu
    / (2 a). The units are natural units: with mu = 1 and a = 1, the period is 2 pi.

    Args:
      mu: The strength of the attraction, > 0.

    Raises:
      InputError: If `mu` is not a finite number > 0.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, section I.2.
    """

    mu: float = 1.0

    dof = 2
    separable = True
    state_names = ("q_x", "q_y", "p_x", "p_y")
    state_units = ("a", "a", "sqrt(mu/a)", "sqrt(mu/a)")
    energy_unit = "mu/a"

    def __post_init__(self) -> None:
        check_positive(self)

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 4]`."""
        q, p = self.split(state)
        return 0.5 * tf.reduce_sum(p * p, -1) - self.mu / tf.norm(q, axis=-1)

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 4]` of states `[N, 4]`, written out in NumPy: (p, -mu q / |q|^3)."""
        q, p = states.T.reshape(2, 2, len(states))
        return np.concatenate([p, -self.mu * q / np.hypot(*q) ** 3]).T

    def at_pericentre(self, eccentricity: float) -> np.ndarray:
        """Returns the state `[4]` at the point nearest the centre, on the ellipse of semi-major axis 1.

        Args:
          eccentricity: The eccentricity of the ellipse, in [0, 1).

        Raises:
          ValueError: If the eccentricity is not in [0, 1).
        """
        if not 0 <= eccentricity < 1:
            raise ValueError(f"eccentricity: expected a number in [0, 1); received {eccentricity}")
        speed = np.sqrt(self.mu * (1 + eccentricity) / (1 - eccentricity))
        return np.array([1 - eccentricity, 0.0, 0.0, speed])
