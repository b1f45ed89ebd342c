"""Masses in a line, joined by springs."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_positive_tuple
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class MassChain(System):
    """N masses that move along a line, and springs between neighbours.

    H(q, p) = sum_i p_i^2 / (2 m_i) + sum_j k_j e_j^2 / 2,  where e_j is how much spring j is longer than at rest.

    q_i is the displacement of mass i from its place at rest (m), p_i its momentum (kg m/s), and H the energy (J). With
    attached ends, the first and the last of N + 1 springs end at walls: e = (q_1, q_2 - q_1, ..., q_N - q_(N-1), -q_N).
    With free ends, there are N - 1 springs, e = (q_2 - q_1, ..., q_N - q_(N-1)), and the motion conserves the total
    momentum.

    Args:
      masses: The masses m_i > 0, in kg. There are at least two masses.
      stiffnesses: The stiffnesses k_j > 0 of the springs in their order, in N/m: N + 1 with attached ends, and N - 1
        with free ends.
      attached: Whether the ends are attached to walls.

    Raises:
      InputError: If a parameter is not as described above.

    References:
      Chen, Zhang, Arjovsky, Bottou. Symplectic Recurrent Neural Networks. arXiv:1909.13334 (20 masses with attached
      ends).
    """

    masses: tuple[float, ...] = (1.0, 1.0)
    stiffnesses: tuple[float, ...] = (1.0, 1.0, 1.0)
    attached: bool = True

    separable = True
    energy_unit = "J"

    def __post_init__(self) -> None:
        check_positive_tuple(self, "masses", least=2)
        check_positive_tuple(self, "stiffnesses", length=self.dof + (1 if self.attached else -1))

    @property
    def dof(self) -> int:  # type: ignore[override]
        """The number of masses N."""
        return len(self.masses)

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of the coordinates, q_1, ..., q_N, p_1, ..., p_N."""
        return tuple(f"{kind}_{i}" for kind in "qp" for i in range(1, self.dof + 1))

    @property
    def state_units(self) -> tuple[str, ...]:  # type: ignore[override]
        """The units of the coordinates."""
        return ("m",) * self.dof + ("kg m/s",) * self.dof

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` (J) of states `[..., 2N]`."""
        q, p = self.split(state)
        kinetic = 0.5 * tf.reduce_sum(p * p / tf.constant(self.masses, p.dtype), -1)
        walls = [[0, 0]] * (q.shape.rank - 1) + [[1, 1]]
        ends = tf.pad(q, walls) if self.attached else q
        extensions = ends[..., 1:] - ends[..., :-1]
        return kinetic + 0.5 * tf.reduce_sum(tf.constant(self.stiffnesses, q.dtype) * extensions**2, -1)

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns J grad H `[N, 2n]` at states `[N, 2n]`, written out in NumPy: each spring pulls at its two ends."""
        q, p = np.split(states, 2, -1)
        pulls = np.array(self.stiffnesses) * np.diff(np.pad(q, [(0, 0), (1, 1)]) if self.attached else q)
        forces = np.diff(pulls if self.attached else np.pad(pulls, [(0, 0), (1, 1)]))
        return np.concatenate([p / np.array(self.masses), forces], -1)
