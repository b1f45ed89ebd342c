"""Predators and prey."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_positive
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class LotkaVolterra(System):
    """Predators and prey, whose numbers rise and fall in turn, in canonical coordinates.

    H(q, p) = alpha p - beta e^p + gamma q - delta e^q.

    x = e^q is the number of prey, and y = e^p the number of predators. Hamilton's equations for q and p are the
    equations of Lotka and Volterra for x and y: dx/dt = x (alpha - beta y),  dy/dt = y (delta x - gamma). The
    quantities have no units.

    Args:
      alpha: The growth rate of the prey alone, > 0.
      beta: The rate at which one predator eats prey, > 0.
      gamma: The death rate of the predators alone, > 0.
      delta: The growth rate of the predators by one prey, > 0.

    Raises:
      InputError: If a parameter is not a finite number > 0.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration. 2nd edition, 2006, section I.1.1.
    """

    alpha: float = 1.0
    beta: float = 1.0
    gamma: float = 1.0
    delta: float = 1.0

    dof = 1
    separable = True
    state_names = ("q", "p")
    state_units = ("", "")
    energy_unit = ""

    def __post_init__(self) -> None:
        check_positive(self)

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns H `[...]` of states `[..., 2]`."""
        q, p = self.split(state)
        value = self.alpha * p - self.beta * tf.exp(p) + self.gamma * q - self.delta * tf.exp(q)
        return tf.squeeze(value, -1)

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 2]` of states `[N, 2]` in NumPy: (alpha - beta e^p, delta e^q - gamma)."""
        q, p = states.T
        return np.stack([self.alpha - self.beta * np.exp(p), self.delta * np.exp(q) - self.gamma]).T
