"""Ridge regression on rows that arrive in batches, with Bayesian error bars."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError


@dataclasses.dataclass(frozen=True)
class RidgeSolution:
    """Coefficients and their uncertainty, as in a Bayesian linear model.

    In this model, rows have independent Gaussian noise, and penalised coefficients have the prior N(0, noise_std^2 /
    ridge).

    Attributes:
      coefficients: The posterior mean `[m]` of the penalised coefficients.
      covariance_root: A matrix C `[m, m]` for which the posterior covariance is C C^T.
      free: The unpenalised coefficients `[u]`.
      free_std: The posterior standard deviations `[u]` of the unpenalised coefficients.
      ridge: The strength lambda of the penalty.
      effective_dof: The trace of the hat matrix, which is roughly the number of coefficients that the data determine.
      noise_std: The estimated standard deviation of a row's noise.
      generalised_cross_validation: The score of the chosen ridge.
      num_rows: The number of rows.
    """

    coefficients: np.ndarray
    covariance_root: np.ndarray
    free: np.ndarray
    free_std: np.ndarray
    ridge: float
    effective_dof: float
    noise_std: float
    generalised_cross_validation: float
    num_rows: int

    def std(self, rows: np.ndarray) -> np.ndarray:
        """Returns the posterior standard deviations `[N]` of rows `[N, m]` times the coefficients, without noise."""
        return np.linalg.norm(rows @ self.covariance_root, axis=1)


class RidgeRegression:
    """A regression that minimises |X v + A w - y|^2 + lambda |w|^2 over v `[u]` and w `[m]`.

    The rows [x | a | y] are kept as the triangular factor of their QR decomposition, which has O((u + m)^2) elements
    for any number of rows. Normal equations would be faster, but would square the condition number. For smooth
    features, the condition number is far above 1e8, so half of the digits would be lost.

    Args:
      num_penalised: m, the number of columns with a penalty, >= 1.
      num_free: u, the number of leading columns without a penalty.

    References:
      Golub, Heath, Wahba. Generalized cross-validation as a method for choosing a good ridge parameter. Technometrics
      21, 1979.
      Bishop. Pattern Recognition and Machine Learning. 2006, section 3.3.
    """

    def __init__(self, num_penalised: int, *, num_free: int = 0) -> None:
        self._m, self._u = num_penalised, num_free
        self._rows = [np.zeros([0, num_free + num_penalised + 1])]
        self._waiting = 0
        self.num_rows = 0

    def add(self, rows: np.ndarray, targets: np.ndarray) -> None:
        """Adds rows `[r, u + m]` and targets `[r]`.

        Raises:
          InputError: If shapes do not fit, or numbers are not finite; nothing is added then.
        """
        width = self._u + self._m
        if np.shape(rows)[1:] != (width,) or np.shape(targets) != np.shape(rows)[:1]:
            raise InputError(
                f"ridge regression: expected rows [r, {width}] and targets [r]; received {np.shape(rows)} and "
                f"{np.shape(targets)}"
            )
        block = np.concatenate([rows, np.asarray(targets)[:, np.newaxis]], 1).astype(np.float64)
        if not np.isfinite(block).all():
            raise InputError("ridge regression: expected finite rows and targets; received NaN or infinity")
        self._rows.append(block)
        self.num_rows += len(block)
        self._waiting += len(block)
        if self._waiting >= 4 * width:  # few large decompositions are faster, within a limit of memory
            self._triangular()

    def solve(self, *, ridge: float | None = None) -> RidgeSolution:
        """Returns the solution for a given ridge, or for the ridge with the least generalised cross-validation score.

        GCV(lambda) = (|y - H y|^2 / N) / (1 - tr H / N)^2, where H is the hat matrix and N the number of rows. The
        score is the mean squared error of predicting each row from all others, in a form that does not depend on
        rotations of the rows.

        Args:
          ridge: lambda > 0.

        Raises:
          InputError: If the ridge is not > 0, there are no more rows than free columns, or the free columns depend on
            each other.
        """
        if ridge is not None and not 0 < ridge < np.inf:
            raise InputError(f"ridge: expected a finite number > 0; received {ridge}")
        if self.num_rows <= self._u + 1:
            raise InputError(f"ridge regression: expected more than {self._u + 1} rows; received {self.num_rows}")
        u, rank = self._u, min(self._m, self.num_rows - self._u)
        triangle = self._triangular()
        free_block, coupling = triangle[:u, :u], triangle[:u, u:]
        if u and np.abs(np.diag(free_block)).min() <= 1e-12 * np.abs(free_block).max():
            raise InputError(
                "ridge regression: expected independent columns without penalty; received columns that are 0 everywhere"
                " or combinations of other columns; leave such columns out"
            )
        s, left, right = (x.numpy() for x in tf.linalg.svd(tf.constant(triangle[u:-1, u:-1])))
        projected = left.T @ triangle[u:-1, -1]
        # The part that no coefficients can explain. This form is exact, but |y|^2 minus the explained part would
        # cancel.
        unexplained = triangle[-1, -1] ** 2

        def evaluate(strengths: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            """Returns the residual sum of squares, the residual degrees of freedom and GCV for each strength."""
            kept_back = strengths[:, np.newaxis] / (s[:rank] ** 2 + strengths[:, np.newaxis])
            residual = unexplained + np.sum((kept_back * projected[:rank]) ** 2, 1)
            remaining = self.num_rows - u - rank + np.sum(kept_back, 1)
            return residual, remaining, self.num_rows * residual / remaining**2

        largest = max(float(s[0]) ** 2, np.finfo(np.float64).tiny)
        # The strengths are quarter decades apart, down to the square of float64's round-off.
        strengths = largest * 10.0 ** np.arange(-31.0, 1.25, 0.25) if ridge is None else np.array([ridge])
        residual, remaining, score = evaluate(strengths)
        best = int(np.argmin(score))
        chosen = float(strengths[best])
        noise_std = float(np.sqrt(residual[best] / remaining[best]))
        coefficients = right @ (s * projected / (s**2 + chosen))
        root = noise_std * right / np.sqrt(s**2 + chosen)
        # For a given w, the block of v determines v. The uncertainty of w enters through the coupling.
        inverse = np.linalg.inv(free_block)
        free = inverse @ (coupling[:, -1] - coupling[:, :-1] @ coefficients)
        free_std = np.linalg.norm(inverse @ np.concatenate([noise_std * np.eye(u), coupling[:, :-1] @ root], 1), axis=1)
        return RidgeSolution(
            coefficients=coefficients,
            covariance_root=root,
            free=free,
            free_std=free_std,
            ridge=chosen,
            effective_dof=float(self.num_rows - remaining[best]),
            noise_std=noise_std,
            generalised_cross_validation=float(score[best]),
            num_rows=self.num_rows,
        )

    def _triangular(self) -> np.ndarray:
        """Returns the triangular factor `[u + m + 1, u + m + 1]` of all rows so far."""
        size = self._u + self._m + 1
        rows = np.concatenate(self._rows)
        if self._waiting:
            factor = tf.linalg.qr(tf.constant(rows)).r.numpy()
            rows = np.zeros([size, size])
            rows[: len(factor)] = factor
        self._rows, self._waiting = [rows], 0
        return rows
