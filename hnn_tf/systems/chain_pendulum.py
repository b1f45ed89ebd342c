"""A chain of pendulums, each hanging from the one before it, in angles."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.numerics.positive_definite import solve_positive_definite
from hnn_tf.systems.base import System
from hnn_tf.systems.parameters import check_positive, check_positive_tuple
from hnn_tf.typing import State


@dataclasses.dataclass(frozen=True)
class ChainPendulum(System):
    """Point masses in the plane on massless rods, the first rod on a fixed pivot and each further rod on a mass.

    H(q, p) = p^T M(q)^-1 p / 2 + g sum_j mu_j l_j (1 - cos q_j),
    M_jk(q) = mu_max(j, k) l_j l_k cos(q_j - q_k),  mu_j = m_j + m_(j+1) + ... + m_N.

    q_j is the angle of the rod j from the hanging position (rad), p = M(q) dq/dt the generalised momenta (kg m^2/s),
    and H the energy (J). `CartesianChainPendulum` is the same system with the positions of the masses.

    Args:
      masses: m_j > 0 from the pivot outwards, in kg.
      lengths: l_j > 0, in m, one for each mass.
      gravity: g > 0, in m/s^2.

    Raises:
      InputError: If a parameter is not as described.

    References:
      Finzi, Wang, Wilson. arXiv:2010.13581, appendix C.
    """

    masses: tuple[float, ...] = (1.0, 1.0)
    lengths: tuple[float, ...] = (1.0, 1.0)
    gravity: float = 9.81

    separable = False
    energy_unit = "J"

    def __post_init__(self) -> None:
        check_chain(self)

    @property
    def dof(self) -> int:  # type: ignore[override]
        """The number of rods, n."""
        return len(self.masses)

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of the coordinates: q_1, q_2, ... and p_1, p_2, ..."""
        return tuple(f"{name}_{i + 1}" for name in "qp" for i in range(self.dof))

    @property
    def state_units(self) -> tuple[str, ...]:  # type: ignore[override]
        """The units of the coordinates."""
        return ("rad",) * self.dof + ("kg m²/s",) * self.dof

    def hamiltonian(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` (J) of states `[..., 2n]`."""
        q, p = self.split(state)
        difference = q[..., :, tf.newaxis] - q[..., tf.newaxis, :]
        matrix = tf.constant(self._inertias(), q.dtype) * tf.cos(difference)
        kinetic = 0.5 * tf.reduce_sum(p * solve_positive_definite(matrix, p), -1)
        return kinetic + tf.reduce_sum(tf.constant(self._gravity_torques(), q.dtype) * (1.0 - tf.cos(q)), -1)

    def numpy_symplectic_gradient(self, states: np.ndarray) -> np.ndarray:
        """Returns the time derivatives `[N, 2n]` of states `[N, 2n]`, written out in NumPy.

        dq/dt = M^-1 p = v,  dp_j/dt = -sum_k mu_max(j, k) l_j l_k sin(q_j - q_k) v_j v_k - g mu_j l_j sin q_j.
        """
        q, p = np.split(states, 2, -1)
        difference, inertias = q[:, :, np.newaxis] - q[:, np.newaxis], self._inertias()
        v = np.linalg.solve(inertias * np.cos(difference), p[..., np.newaxis])[..., 0]
        twist = np.sum(inertias * np.sin(difference) * v[:, np.newaxis], -1) * v
        return np.concatenate([v, -twist - self._gravity_torques() * np.sin(q)], -1)

    def momenta(self, states: np.ndarray) -> np.ndarray:
        """Returns the states (q, p) `[..., 2n]` of angles and angular velocities `[..., 2n]`, by NumPy."""
        q, v = np.split(np.asarray(states, np.float64), 2, -1)
        matrix = self._inertias() * np.cos(q[..., :, np.newaxis] - q[..., np.newaxis, :])
        return np.concatenate([q, (matrix @ v[..., np.newaxis])[..., 0]], -1)

    def _inertias(self) -> np.ndarray:
        """Returns mu_max(j, k) l_j l_k `[n, n]`."""
        beyond, index = np.cumsum(self.masses[::-1])[::-1], np.arange(self.dof)
        return beyond[np.maximum.outer(index, index)] * np.outer(self.lengths, self.lengths)

    def _gravity_torques(self) -> np.ndarray:
        """Returns g mu_j l_j `[n]`."""
        return self.gravity * np.cumsum(self.masses[::-1])[::-1] * np.asarray(self.lengths)


def cartesian_states(lengths: tuple[float, ...], states: np.ndarray) -> np.ndarray:
    """Returns a chain's Cartesian positions and velocities `[..., 4n]` for angles and angular velocities `[..., 2n]`.

    x_j = x_(j-1) + l_j sin q_j,  y_j = y_(j-1) - l_j cos q_j, from the pivot at 0. The positions are (x_1, y_1, x_2,
    y_2, ...).
    """
    q, v = np.split(np.asarray(states, np.float64), 2, -1)
    rods = np.stack([np.sin(q), -np.cos(q)], -1) * np.asarray(lengths)[:, np.newaxis]
    rates = np.stack([np.cos(q), np.sin(q)], -1) * (np.asarray(lengths) * v)[..., np.newaxis]
    parts = (np.cumsum(each, -2).reshape(*q.shape[:-1], -1) for each in (rods, rates))
    return np.concatenate(list(parts), -1)


def check_chain(system: System) -> None:
    """Refuses a chain if its masses, lengths or gravity are not > 0, or there is not one length for each mass.

    Raises:
      InputError: If they are not as described.
    """
    check_positive_tuple(system, "masses", least=1)
    check_positive_tuple(system, "lengths", least=1)
    check_positive(system, "gravity")
    masses, lengths = system.masses, system.lengths  # type: ignore[attr-defined]
    if len(masses) != len(lengths):
        raise InputError(
            f"{type(system).__name__}: lengths: expected one for each of the {len(masses)} masses; received {lengths}"
        )
