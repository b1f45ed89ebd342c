"""Least squares for the mass matrix, the potential and the friction of a mechanical Hamiltonian."""

import dataclasses
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.closed_form.hamiltonian_regression import LARGEST_BLOCK
from hnn_tf.closed_form.ridge_regression import RidgeRegression, RidgeSolution
from hnn_tf.input_error import InputError
from hnn_tf.models.mechanical_hamiltonian import MechanicalHamiltonian


@dataclasses.dataclass(frozen=True)
class ForceFit:
    """The result of a solve for forces.

    Attributes:
      solution: The ridge, the effective degrees of freedom and the noise of the forces. The free coefficients are the
        friction, if it was fitted, and the entries of C_0.
      constant: The entries `[k]` of C_0, on and below the diagonal, row by row.
      mass_coefficients: The entries `[m, k]` of the C_i of the features of M.
      potential_coefficients: The coefficients `[m]` of V.
      friction: The coefficient gamma of the force gamma v; None if friction was not fitted.
    """

    solution: RidgeSolution
    constant: np.ndarray
    mass_coefficients: np.ndarray
    potential_coefficients: np.ndarray
    friction: float | None


class ForceRegression:
    """A regression for a mechanical Hamiltonian, which collects motions and their generalised forces.

    tau = M(q) a + dM/dt v - d(v^T M v / 2)/dq + dV/dq + gamma v,
    M(q) = C_0 + sum_i phi_i(q) C_i,  V(q) = sum_i w_i phi_i(q).

    tau is linear in C_0, C_i, w and gamma. The solution minimises the squared error + ridge (|C|^2 + |w|^2). C_0 and
    gamma have no penalty. Features are computed in the Hamiltonian's precision, and sums in float64.

    Args:
      hamiltonian: A built Hamiltonian, whose `forces_have_closed_form`.
      friction: Whether one coefficient of linear friction is also fitted.
    """

    def __init__(self, hamiltonian: MechanicalHamiltonian, *, friction: bool = False) -> None:
        self._matrix, self._potential = hamiltonian.mass_matrix, hamiltonian.potential
        self._friction = friction
        self._regression: RidgeRegression | None = None

    def add(self, position: np.ndarray, velocity: np.ndarray, acceleration: np.ndarray, force: np.ndarray) -> None:
        """Adds motions and their forces, `[N, n]` each.

        Raises:
          InputError: If numbers are not finite.
        """
        columns = [np.asarray(column) for column in (position, velocity, acceleration, force)]
        num_features = int(self._potential.coefficients.shape[0]) * (1 + len(self._matrix.entries))
        block = max(1, LARGEST_BLOCK // (columns[0].shape[1] * num_features))
        for first in range(0, len(columns[0]), block):
            self._add_block(*(column[first : first + block] for column in columns))

    def _add_block(self, q: np.ndarray, v: np.ndarray, a: np.ndarray, force: np.ndarray) -> None:
        features, gradients = _float64(self._matrix.features(q)), _float64(self._matrix.feature_gradients(q))
        rates = np.einsum("bnm,bn->bm", gradients, v)
        num, n = q.shape
        constant, of_mass = [], []
        for i, j in self._matrix.entries:
            entry = np.zeros([n, n])
            entry[i, j] = entry[j, i] = 1.0
            ea, ev = (a @ entry)[..., np.newaxis], (v @ entry)[..., np.newaxis]
            squares = np.sum(ev[..., 0] * v, 1)[:, np.newaxis, np.newaxis]
            constant.append(ea)
            of_mass.append(ea * features[:, np.newaxis] + ev * rates[:, np.newaxis] - 0.5 * squares * gradients)
        free = np.concatenate([*([v[..., np.newaxis]] * self._friction), *constant], 2)
        by_mass = np.stack(of_mass, -1).reshape(num, n, -1)  # in the order [m, k]
        rows = np.concatenate([free, by_mass, _float64(self._potential.feature_gradients(q))], 2)
        if self._regression is None:
            self._regression = RidgeRegression(rows.shape[2] - free.shape[2], num_free=free.shape[2])
        self._regression.add(rows.reshape(num * n, -1), force.reshape(-1))

    def solve(self, *, ridge: float | None = None) -> ForceFit:
        """Returns the coefficients of least error.

        Args:
          ridge: The strength > 0 of the penalty; by default, generalised cross-validation chooses it.

        Raises:
          InputError: If there are too few samples, or the samples do not determine C_0 or the friction.
        """
        if self._regression is None:
            raise InputError("closed form: expected samples before solve(); received none; call add(position, ...)")
        solution = self._regression.solve(ridge=ridge)
        k = len(self._matrix.entries)
        split = len(solution.coefficients) - int(self._potential.coefficients.shape[0])
        return ForceFit(
            solution,
            constant=solution.free[self._friction :],
            mass_coefficients=solution.coefficients[:split].reshape(-1, k),
            potential_coefficients=solution.coefficients[split:],
            friction=float(solution.free[0]) if self._friction else None,
        )


def least_eigenvalue(hamiltonian: MechanicalHamiltonian, found: ForceFit, position: np.ndarray) -> float:
    """Returns the least eigenvalue of the fitted M at positions `[N, n]`."""
    layer, least = hamiltonian.mass_matrix, np.inf
    block = max(1, LARGEST_BLOCK // len(found.mass_coefficients))
    for first in range(0, len(position), block):
        features: Any = _float64(layer.features(position[first : first + block]))
        entries = found.constant + features @ found.mass_coefficients
        matrix = np.zeros([len(entries), position.shape[1], position.shape[1]])
        for column, (i, j) in zip(entries.T, layer.entries, strict=True):
            matrix[:, i, j] = matrix[:, j, i] = column
        least = min(least, float(np.linalg.eigvalsh(matrix).min()))
    return least


def _float64(tensor: tf.Tensor) -> np.ndarray:
    return tensor.numpy().astype(np.float64)
