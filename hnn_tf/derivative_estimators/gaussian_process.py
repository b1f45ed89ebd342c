"""Gaussian-process regression."""

import numpy as np

from hnn_tf.derivative_estimators.base import DerivativeEstimator, Estimate
from hnn_tf.derivative_estimators.grid_search import grid_minimum

MAX_CHOOSING = 100
"""The largest number of pieces, with different times, that determine length and variances.

The number is limited because each piece needs eigenvectors.
"""

PIECE = 100
"""The approximate number of times of each of these pieces of a long trajectory; the cost is of order T^3."""

LOG_RATIOS = np.arange(np.log(1e-13), np.log(1e3), np.log(2.0))
"""The noise variances that are tried, as the log of their ratio to the kernel matrix' largest eigenvalue.

The range begins at the variance of roundings and ends at the variance at which everything is noise.
"""


class GaussianProcess(DerivativeEstimator):
    """The posterior mean, and its derivative, of a Gaussian process with squared-exponential covariance.

    y_i = a + g(t_i) + e_i,  cov(g(t), g(u)) = v exp(-(t - u)^2 / (2 l^2)),  var e_i = sigma^2,  any a for each
    trajectory.

    Each coordinate has its own length l, variance v and sigma, which are the most likely ones for all trajectories
    together (restricted maximum likelihood). The estimator is exact only for constants. For motion with one time scale,
    as of an oscillator, it has the smallest mean squared error of all estimators here, above all at the ends, because
    it imposes no boundary condition. The error of the outermost derivatives is still about 3 times that of inner ones.
    Motion with sudden changes, as of bodies that meet, has no single length. For such motion, and for records of more
    than 1000 times, use a `SmoothingSpline`.

    A posterior mean is shrunk towards the constant a. Derivatives are shrunk more than states, and most at the ends. As
    a result, the motion of a vector field that is fitted by least squares to all estimates from few noisy points is
    slower than with a spline's estimates, although each estimate is nearer to the truth. Without the ends, the motion
    is not slower.

    `noise_std` comes from the same likelihood.

    References:
      Rasmussen, Williams. Gaussian Processes for Machine Learning, 2006, sections 2.7, 5.4 and 9.4.
    """

    name = "gaussian_process"
    min_points = 4
    max_points = 1000

    def _estimate(self, times: np.ndarray, states: np.ndarray) -> Estimate:
        chosen_times, chosen_states = _pieces(times, states)
        # The lengths begin at the sampling's step, below which nothing is visible, and end at a few spans, above which
        # everything is a parabola. Between lengths with a ratio of sqrt(2), a parabola describes the likelihood well.
        shortest = np.median(np.diff(chosen_times))
        longest = 4 * (chosen_times[:, -1] - chosen_times[:, 0]).max()
        grid = np.arange(np.log(shortest), np.log(longest), np.log(2) / 2)
        scores = np.array([_most_likely_noise(chosen_times, chosen_states, np.exp(log))[1] for log in grid])
        lengths = np.exp(grid_minimum(grid, scores))

        denoised, slopes, noise_std = np.empty_like(states), np.empty_like(states), np.empty(states.shape[-1])
        for i, length in enumerate(lengths):
            ratio, _, std = _most_likely_noise(chosen_times, chosen_states[..., i : i + 1], length)
            noise_std[i] = std.item()
            denoised[..., i], slopes[..., i] = _posterior_mean(times, states[..., i], length, ratio.item())
        return Estimate(denoised, slopes, noise_std)


def _pieces(times: np.ndarray, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the pieces of trajectories that determine length and variances: times `[G, S]`, states `[K, S, 2n]`."""
    pieces = max(1, times.shape[1] // PIECE)
    if pieces > 1:
        size = times.shape[1] // pieces
        times = np.broadcast_to(times, states.shape[:2])[:, : pieces * size].reshape(-1, size)
        states = states[:, : pieces * size].reshape(-1, size, states.shape[-1])
    if len(times) > MAX_CHOOSING:
        chosen = np.linspace(0, len(times) - 1, MAX_CHOOSING).astype(int)
        times, states = times[chosen], states[chosen]
    return times, states


def _covariance(times: np.ndarray, length: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the covariance k `[G, T, T]`, its derivative by the first time, and a basis U without constants.

    The basis is `[T, T - 1]`.
    """
    distance = (times[:, :, None] - times[:, None, :]) / length
    covariance = np.exp(-np.square(distance) / 2)
    not_constant = np.linalg.qr(np.ones([times.shape[1], 1]), mode="complete")[0][:, 1:]
    return covariance, -distance / length * covariance, not_constant


def _most_likely_noise(
    times: np.ndarray, states: np.ndarray, length: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the ratio r = sigma^2 / v, -2 log likelihood and sigma, each `[m]`, of states `[N, T, m]`.

    U'y has the covariance v (U'kU + r), for any a. With the eigenvalues E and eigenvectors X of U'kU, z = X'U'y has the
    variances v (E + r). One decomposition therefore serves every coordinate, ratio and trajectory at these times. v is
    eliminated:

        -2 log L = sum log(E + r) + M log(sum z^2 / (E + r)) + const,   M elements z.
    """
    covariance, _, not_constant = _covariance(times, length)
    eigenvalues, vectors = np.linalg.eigh(not_constant.T @ covariance @ not_constant)
    eigenvalues = np.maximum(eigenvalues, 0.0)  # roundings can make the smallest eigenvalues negative
    squares = np.square(np.swapaxes(vectors, -1, -2) @ (not_constant.T @ states))
    count = squares.shape[0] * squares.shape[1]
    repeats = count / eigenvalues.size
    if len(times) == 1:
        squares = squares.sum(axis=0, keepdims=True)

    def likelihood(log_ratio: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """Returns -2 log L and v, `[m]`, for ratios `[m]` or one ratio."""
        variances = eigenvalues[..., None] + np.exp(log_ratio)
        # A coordinate that never moves has no squares, and all ratios are equally good.
        total = np.maximum((squares / variances).sum(axis=(0, 1)), np.finfo(float).tiny)
        return repeats * np.log(variances).sum(axis=(0, 1)) + count * np.log(total), total / count

    log_ratios = np.log(eigenvalues.max()) + LOG_RATIOS
    log_ratio = grid_minimum(log_ratios, np.array([likelihood(log)[0] for log in log_ratios]))
    score, variance = likelihood(log_ratio)
    return np.exp(log_ratio), score, np.sqrt(variance * np.exp(log_ratio))


def _posterior_mean(
    times: np.ndarray, states: np.ndarray, length: float, ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the mean a + g and its derivative, each `[N, T]`, of one coordinate's states `[N, T]`.

    c = U (U'kU + r)^-1 U'y,   a + g = y - r c,   dg/dt = k' c.
    """
    covariance, slope_covariance, not_constant = _covariance(times, length)
    noisy = not_constant.T @ covariance @ not_constant + ratio * np.eye(times.shape[1] - 1)
    # The columns are the trajectories with common times, or a single trajectory.
    columns = states.T[None] if len(times) == 1 else states[..., None]
    coefficients = not_constant @ np.linalg.solve(noisy, not_constant.T @ columns)
    denoised, slopes = columns - ratio * coefficients, slope_covariance @ coefficients
    return (denoised[0].T, slopes[0].T) if len(times) == 1 else (denoised[..., 0], slopes[..., 0])
