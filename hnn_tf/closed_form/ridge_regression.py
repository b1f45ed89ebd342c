"""Ridge regression on rows that arrive in batches, with its Bayesian error bars."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError


@dataclasses.dataclass(frozen=True)
class RidgeSolution:
    """Coefficients and how well they are known.

    As of a Bayesian linear model: rows have independent Gaussian noise, and penalised coefficients the prior
    N(0, noise_std^2 / ridge).

    Attributes:
      coefficients: Posterior mean `[m]` of the penalised ones.
      covariance_root: `[m, m]`, C with posterior covariance C C^T.
      free: The unpenalised ones `[u]`.
      free_std: Their posterior standard deviations `[u]`.
      ridge: The penalty's strength lambda.
      effective_dof: Trace of the hat matrix: how many coefficients the data determine, so to say.
      noise_std: Estimated standard deviation of a row's noise.
      generalised_cross_validation: The score that the chosen ridge has.
      num_rows: How many rows there were.
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
        """Posterior standard deviations `[N]` of rows `[N, m]` times the coefficients, without the noise."""
        return np.linalg.norm(rows @ self.covariance_root, axis=1)


class RidgeRegression:
    """Minimises |X v + A w - y|^2 + lambda |w|^2 over v `[u]` and w `[m]`.

    Rows [x | a | y] are kept as the triangular factor of their QR decomposition, of O((u + m)^2) numbers whatever the
    number of rows. Normal equations would be faster, but would square the condition number, which of smooth features
    is far above 1e8: half of the digits would be lost.

    Args:
      num_penalised: m >= 1.
      num_free: u, how many leading columns have no penalty.

    References:
      Golub, Heath, Wahba. Generalized cross-validation as a method for choosing a good ridge parameter.
      Technometrics 21, 1979.
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
          InputError: If shapes don't fit, or numbers aren't finite; nothing is added then.
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
        if self._waiting >= 4 * width:  # as few decompositions as memory allows
            self._triangular()

    def solve(self, *, ridge: float | None = None) -> RidgeSolution:
        """The solution for a ridge, or for that of the least generalised cross-validation score.

        GCV(lambda) = (|y - H y|^2 / N) / (1 - tr H / N)^2,  H the hat matrix; N rows. It is the mean squared error of
        predicting each row from all others, made independent of how rows are rotated.

        Args:
          ridge: lambda > 0.

        Raises:
          InputError: If the ridge isn't > 0, there are no more rows than free columns, or these depend on each other.
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
                "ridge regression: expected columns without penalty that are independent; received ones that are 0 "
                "everywhere or combinations of each other; leave them out"
            )
        s, left, right = (x.numpy() for x in tf.linalg.svd(tf.constant(triangle[u:-1, u:-1])))
        projected = left.T @ triangle[u:-1, -1]
        # What no coefficients can explain; exact, where |y|^2 minus the explained part would cancel.
        unexplained = triangle[-1, -1] ** 2

        def evaluate(strengths: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            """Residual sum of squares, residual degrees of freedom and GCV for each strength."""
            kept_back = strengths[:, np.newaxis] / (s[:rank] ** 2 + strengths[:, np.newaxis])
            residual = unexplained + np.sum((kept_back * projected[:rank]) ** 2, 1)
            remaining = self.num_rows - u - rank + np.sum(kept_back, 1)
            return residual, remaining, self.num_rows * residual / remaining**2

        largest = max(float(s[0]) ** 2, np.finfo(np.float64).tiny)
        # Quarter decades, down to the square of float64's round-off.
        strengths = largest * 10.0 ** np.arange(-31.0, 1.25, 0.25) if ridge is None else np.array([ridge])
        residual, remaining, score = evaluate(strengths)
        best = int(np.argmin(score))
        chosen = float(strengths[best])
        noise_std = float(np.sqrt(residual[best] / remaining[best]))
        coefficients = right @ (s * projected / (s**2 + chosen))
        root = noise_std * right / np.sqrt(s**2 + chosen)
        # Given w, v is known by its own block; w's uncertainty comes through the coupling.
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
        """The triangular factor `[u + m + 1, u + m + 1]` of all rows so far."""
        size = self._u + self._m + 1
        rows = np.concatenate(self._rows)
        if self._waiting:
            factor = tf.linalg.qr(tf.constant(rows)).r.numpy()
            rows = np.zeros([size, size])
            rows[: len(factor)] = factor
        self._rows, self._waiting = [rows], 0
        return rows
