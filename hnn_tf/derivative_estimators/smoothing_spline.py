"""Quintic smoothing splines."""

import dataclasses

import numpy as np
from scipy import interpolate, linalg

from hnn_tf.derivative_estimators.base import DerivativeEstimator, Estimate
from hnn_tf.derivative_estimators.divided_difference import divided_difference_weights, divided_differences
from hnn_tf.derivative_estimators.grid_search import grid_minimum
from hnn_tf.input_error import InputError

MAX_CHOOSING = 100
"""The largest number of trajectories, with different times, that determine the smoothness."""


class SmoothingSpline(DerivativeEstimator):
    """The spline f of degree 5 that minimises sum_i (y_i - f(t_i))^2 + lambda int f'''(t)^2 dt, and its slope.

    The estimator is exact for polynomials of degree 2, for any lambda. At the ends, the third and fourth derivatives
    are zero (f is a natural spline), and the error of a derivative is about 4 times that of an inner one. The degree is
    5 because the slopes of the usual cubic spline, with f'' = 0 at its ends, are worse. Irregular times make no
    difference. The cost is linear in T.

    Each coordinate has one lambda, which is the most likely one for all trajectories together. f is the best estimate
    of a Wiener process that is integrated twice (Wahba), and lambda maximises the likelihood of the third divided
    differences. Generalized cross-validation is as good for many trajectories, but follows the noise of single ones.

    The estimator is suitable for all motion, also with unknown or several time scales, and for long records. Among the
    estimators here, its slopes cause the smallest bias in a field that is fitted to them. `noise_std` comes from the
    same likelihood.

    Args:
      max_choosing: The largest number of trajectories, with different times, that determine the smoothness.

    References:
      Green, Silverman. Nonparametric Regression and Generalized Linear Models, 1994, ch. 2: Reinsch's algorithm.
      Wahba. Spline Models for Observational Data, 1990, section 4.8: the likelihood.
      Woltring. A Fortran package for generalized, cross-validatory spline smoothing and differentiation. 1986.
    """

    name = "smoothing_spline"
    min_points = 5

    def __init__(self, *, max_choosing: int = MAX_CHOOSING) -> None:
        self._max_choosing = max_choosing

    def _estimate(self, times: np.ndarray, states: np.ndarray) -> Estimate:
        # Steps of about one keep all numbers of order one.
        step = np.diff(times).mean()
        times = (times - times[:, :1]) / step
        systems = [_ReinschSystem.at(row) for row in times]
        # Trajectories with common times are additional columns.
        shared = len(systems) == 1
        columns = [np.moveaxis(states, 1, 0)] if shared else [row[:, None] for row in states]
        try:
            penalty, noise_std = _most_likely(systems[: self._max_choosing], columns[: self._max_choosing])
            smoothed = [system.smooth(y, penalty) for system, y in zip(systems, columns, strict=True)]
        except np.linalg.LinAlgError:
            raise InputError(
                f"derivatives by {self.name}: expected times that differ clearly; received a step of "
                f"{np.diff(times).min():.1e} times the mean step; leave such times out, or take savitzky_golay"
            ) from None
        slopes = [_natural_slopes(t, f) for t, f in zip(times, smoothed, strict=True)]
        trajectories = [np.moveaxis(f[0], 0, 1) if shared else np.stack(f)[:, :, 0] for f in (smoothed, slopes)]
        return Estimate(trajectories[0], trajectories[1] / step, noise_std)


@dataclasses.dataclass(frozen=True)
class _ReinschSystem:
    """The spline's equations at given times: (G + lambda Q'Q) c = Q'y,  f = y - lambda Q c,  f''' = sum_i c_i B_i.

    B_i are the quadratic B-splines on t_i, ..., t_{i+3}, and G are their inner products. Q'y are their inner products
    with the third derivative of any interpolant of y, which are scaled third divided differences.

    Attributes:
      difference_weights: The rows of Q' `[T - 3, 4]`.
      gram: The upper bands of G `[4, T - 3]`, in the form of `scipy.linalg.solveh_banded`.
      squared: The upper bands of Q'Q, in the same form.
    """

    difference_weights: np.ndarray
    gram: np.ndarray
    squared: np.ndarray

    @classmethod
    def at(cls, times: np.ndarray) -> "_ReinschSystem":
        """Returns the equations for times `[T]`."""
        # int B_i f''' = 2 (t_{i+3} - t_i) f[t_i, ..., t_{i+3}]
        weights = 2 * (times[3:] - times[:-3])[:, None] * divided_difference_weights(times, 3)
        nodes, node_weights = np.polynomial.legendre.leggauss(3)  # exact for products of quadratics
        half = np.diff(times)[:, None] / 2
        points = (times[:-1, None] + half * (1 + nodes)).ravel()
        knots = np.concatenate([times[:1], times[:1], times, times[-1:], times[-1:]])
        # The two splines at each end that do not vanish there are left out.
        splines = interpolate.BSpline.design_matrix(points, knots, 2).tocsc()[:, 2:-2]
        gram = splines.T @ splines.multiply((half * node_weights).reshape(-1, 1))
        count = len(weights)
        bands = np.zeros([2, 4, count])
        for k in range(min(4, count)):
            bands[0, 3 - k, k:] = gram.diagonal(k)
            bands[1, 3 - k, k:] = (weights[: count - k, k:] * weights[k:, : 4 - k]).sum(axis=-1)
        return cls(weights, *bands)

    def differences(self, values: np.ndarray) -> np.ndarray:
        """Returns Q'y `[T - 3, ...]` of y `[T, ...]`."""
        flat = values.reshape(1, len(values), -1)
        return divided_differences(self.difference_weights, flat).reshape(-1, *values.shape[1:])

    def log_likelihood_parts(self, values: np.ndarray, penalty: float) -> tuple[float, np.ndarray]:
        """Returns log |G + lambda Q'Q|, and the sum over N of y'Q (G + lambda Q'Q)^-1 Q'y `[m]`, of y `[T, N, m]`."""
        factor = linalg.cholesky_banded(self.gram + penalty * self.squared)
        differences = self.differences(values)
        solved = linalg.cho_solve_banded((factor, False), differences.reshape(len(differences), -1))
        quadratic = (differences * solved.reshape(differences.shape)).sum(axis=(0, 1))
        return 2 * np.log(factor[-1]).sum(), quadratic

    def smooth(self, values: np.ndarray, penalty: np.ndarray) -> np.ndarray:
        """Returns the spline f at the times, `[T, N, m]`, of y `[T, N, m]` with lambda `[m]`."""
        smoothed, differences = values.copy(), self.differences(values)
        for i, weight in enumerate(penalty):
            solved = linalg.solveh_banded(self.gram + weight * self.squared, differences[..., i])
            for j in range(4):
                smoothed[j : j + len(solved), :, i] -= weight * self.difference_weights[:, j, None] * solved
        return smoothed


def _most_likely(systems: list[_ReinschSystem], columns: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Returns lambda and the noise's standard deviation, each `[m]`, of y `[T, N, m]` of each system.

    The function raises LinAlgError if times nearly coincide, so that the equations cannot be solved at the necessary
    lambda.

    Q'y has the covariance v (G + lambda Q'Q), sigma^2 = lambda v; v is eliminated:

        -2 log L = sum log |G + lambda Q'Q| + M log(sum y'Q (G + lambda Q'Q)^-1 Q'y) + const,   M elements Q'y.
    """
    points, records, _ = columns[0].shape
    count = len(systems) * records * (points - 3)

    def parts(log_penalty: float) -> tuple[float, np.ndarray]:
        each = [s.log_likelihood_parts(y, np.exp(log_penalty)) for s, y in zip(systems, columns, strict=True)]
        # Parabolas have no differences, and all lambdas are equally good.
        quadratic = np.maximum(sum(q for _, q in each), np.finfo(float).tiny)
        return records * sum(d for d, _ in each), quadratic

    # lambda = (w / 2 pi)^6 halves a motion with a wavelength of w steps. The grid begins without smoothing, and ends at
    # the record's length, where only a parabola is left, or at the largest lambda that double precision can solve.
    grid = np.arange(np.log(1e-12), min(6 * np.log(points), np.log(1e12)), np.log(2.0))
    scores: list[np.ndarray] = []
    for log_penalty in grid:
        try:
            log_determinant, quadratic = parts(log_penalty)
        except np.linalg.LinAlgError:  # times nearly coincide
            # Lambdas are solved to some digits up to a thousandth of this one.
            scores = scores[: max(3, len(scores) - 10)]
            if (np.argmin(scores, axis=0) == len(scores) - 1).any():
                raise
            break
        scores.append(log_determinant + count * np.log(quadratic))
    log_penalties = grid_minimum(grid[: len(scores)], np.array(scores))
    variances = [np.exp(log) * parts(log)[1][i] / count for i, log in enumerate(log_penalties)]
    return np.exp(log_penalties), np.sqrt(variances)


def _natural_slopes(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Returns the slopes `[T, ...]` of the natural quintic spline through values `[T, ...]`."""
    ends = [(order, np.zeros(values.shape[1:])) for order in (3, 4)]
    return interpolate.make_interp_spline(times, values, k=5, bc_type=(ends, ends)).derivative()(times)
