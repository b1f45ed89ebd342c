"""Bodies on a lattice, joined by springs."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.systems.bodies import Bodies
from hnn_tf.systems.parameters import check_counts, check_positive
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class SpringLattice(Bodies):
    """Equal point masses in the plane, and a spring between each two neighbours in a row or in a column.

    H(q, p) = sum_i |p_i|^2 / (2 m) + sum_pairs k (|q_i - q_j| - l)^2 / 2.

    The bodies are numbered row by row. At rest, they can be at the corners of squares, where body (row, column) is at
    (column l, row l); see `at_rest`. The bodies move freely in the plane and are not attached to it, so the motion
    conserves the total momentum and the angular momentum. The squares can be sheared: for small displacements, only the
    distances within rows and columns cost energy. The force of a spring has no direction if its ends meet.

    The state is component-major, as in `NBody`: (x_1, x_2, ..., y_1, y_2, ..., p_x1, p_x2, ..., p_y1, p_y2, ...), with
    positions in m, momenta in kg m/s, and H in J.

    Args:
      rows: The number of rows, >= 1.
      columns: The number of bodies in each row, >= 1. There are at least two bodies.
      mass: m > 0, in kg.
      stiffness: k > 0, in N/m.
      length: The natural length l > 0 of the springs, in m.

    Raises:
      InputError: If a parameter is not as described above.

    References:
      Rahma, Datar, Cukarska, Dietrich. Rapid training of Hamiltonian graph networks using random features.
      arXiv:2506.06558.
    """

    rows: int = 2
    columns: int = 4
    mass: float = 1.0
    stiffness: float = 1.0
    length: float = 1.0

    dimension = 2
    energy_unit = "J"

    def __post_init__(self) -> None:
        check_counts(self, "rows", "columns")
        check_positive(self, "mass", "stiffness", "length")
        if self.rows * self.columns < 2:
            raise InputError("SpringLattice: rows, columns: expected at least two bodies; received one")

    @property
    def masses(self) -> tuple[float, ...]:
        """The masses of the bodies, which are equal."""
        return (self.mass,) * (self.rows * self.columns)

    @property
    def state_units(self) -> tuple[str, ...]:  # type: ignore[override]
        """The units of the coordinates."""
        return ("m",) * self.dof + ("kg m/s",) * self.dof

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The indices (i, j), i < j, of the bodies that a spring joins; first those in rows, then those in columns."""
        index = np.arange(self.num_bodies).reshape(self.rows, self.columns)
        of_rows = zip(index[:, :-1].ravel().tolist(), index[:, 1:].ravel().tolist(), strict=True)
        of_columns = zip(index[:-1].ravel().tolist(), index[1:].ravel().tolist(), strict=True)
        return (*of_rows, *of_columns)

    def at_rest(self) -> np.ndarray:
        """Returns the state `[2n]` of the lattice at rest, with its first body at the origin."""
        row, column = np.divmod(np.arange(self.num_bodies), self.columns)
        return np.concatenate([column * self.length, row * self.length, np.zeros(self.dof)])

    def potential_energy(self, state: State) -> tf.Tensor:
        """Returns the potential energy `[...]` (J) of states `[..., 2n]`."""
        q, _ = self.split(state)
        grid = tf.reshape(q, tf.concat([tf.shape(q)[:-1], [2, self.rows, self.columns]], 0))
        energy = tf.zeros([], q.dtype)
        for along in (grid[..., 1:] - grid[..., :-1], grid[..., 1:, :] - grid[..., :-1, :]):
            stretched = tf.norm(along, axis=-3) - self.length
            energy += 0.5 * self.stiffness * tf.reduce_sum(stretched**2, [-2, -1])
        return energy

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns J grad H `[N, 2n]` at states `[N, 2n]`, written out in NumPy: each spring pulls at its two ends."""
        q, p = states.reshape(len(states), 2, 2, self.rows, self.columns).swapaxes(0, 1)
        motion = np.stack([p / self.mass, np.zeros_like(q)], 1)
        forces = motion[:, 1]
        of_rows, of_columns = self._pulls(np.diff(q, axis=-1)), self._pulls(np.diff(q, axis=-2))
        forces[..., :-1] += of_rows
        forces[..., 1:] -= of_rows
        forces[..., :-1, :] += of_columns
        forces[..., 1:, :] -= of_columns
        return motion.reshape(states.shape)

    def _pulls(self, differences: np.ndarray) -> np.ndarray:
        """Returns the forces that springs exert on their first ends, for q_j - q_i `[N, 2, ..., ...]`."""
        lengths = np.linalg.norm(differences, axis=1, keepdims=True)
        return self.stiffness * (1.0 - self.length / lengths) * differences
