"""Local polynomials that are fitted by least squares, with an automatic choice of the window."""

import numpy as np

from hnn_tf.derivative_estimators.base import DerivativeEstimator, Estimate
from hnn_tf.derivative_estimators.local_polynomial import LocalPolynomial
from hnn_tf.input_error import InputError

MAX_WINDOW = 101
"""The number of points of the widest window that is tried."""

MAX_CHOOSING = 5000
"""The largest number of times that determine the window.

The number is limited because each time needs separate weights for each window.
"""


class SavitzkyGolay(DerivativeEstimator):
    """The slope and value, at each time, of a polynomial that is fitted by least squares to the points around it.

    At regular times and away from the ends, this estimator is the filter of Savitzky and Golay. At irregular times, the
    polynomials are fitted at the actual times. With the window 2 m + 1 and the step h, the derivative's error is, to
    leading order,

        degree 1, 2:  s''' h^2 (3 m^2 + 3 m - 1) / 30;    degree 3, 4:  of order s^(5) (m h)^4

    and noise of standard deviation sigma becomes sigma sqrt(3 / (m (m + 1) (2 m + 1))) / h for degree 1 and 2. The
    estimator is exact for polynomials of the given degree, also at irregular times and at the ends.

    At the ends, for m points on each side, the windows are shifted inwards, and the polynomials are evaluated away from
    the middle of their windows. The error of the outermost derivatives is about 5 times that of inner ones. The
    estimator is suitable for long records, because the cost is linear in T.

    By default, the window is chosen for each coordinate from all trajectories by Akaike's corrected criterion: the
    least log(mean squared residual) + 2 w / (1 - w), where w is the mean weight of a point's own observation in its
    fit. Cross-validation would choose windows of a few points when there is only one trajectory; this criterion does
    not.

    `noise_std` comes from the residuals. Each residual is divided by the part of independent noise that it keeps.

    Args:
      window: An odd number of points, > degree + 1; chosen from the data by default.
      degree: The degree of the polynomials, >= 1.

    Raises:
      InputError: If the window or the degree is not such an integer.

    References:
      Savitzky, Golay. Smoothing and differentiation of data by simplified least squares procedures. 1964.
      Fan, Gijbels. Local Polynomial Modelling and Its Applications, 1996, ch. 3.
      Hurvich, Simonoff, Tsai. Smoothing parameter selection in nonparametric regression using an improved Akaike
      information criterion. 1998.
    """

    name = "savitzky_golay"

    def __init__(self, *, window: int | None = None, degree: int = 3) -> None:
        if degree != int(degree) or degree < 1:
            raise InputError(f"degree: expected an integer >= 1; received {degree}")
        if window is not None and (window != int(window) or window % 2 == 0 or window <= degree + 1):
            raise InputError(f"window: expected an odd integer > degree + 1 = {degree + 1}; received {window}")
        self.window, self.degree = window, degree
        self.min_points = window or _least_window(degree)

    def _estimate(self, times: np.ndarray, states: np.ndarray) -> Estimate:
        windows = self._windows(times, states)
        denoised, derivatives, noise_std = np.empty_like(states), np.empty_like(states), np.empty(states.shape[-1])
        for window in set(windows):
            chosen = windows == window
            observed = states[..., chosen]
            polynomial = LocalPolynomial.at(times, window=window, degree=self.degree)
            denoised[..., chosen] = polynomial.values(observed)
            derivatives[..., chosen] = polynomial.slopes(observed)
            # The residual keeps the share sum_j (delta_ij - w_ij)^2 = 1 - w_ii of independent noise, because fits are
            # projections, for which sum_j w_ij^2 = w_ii at the time itself.
            kept = np.mean(1 - polynomial.own_weights())
            residual = np.mean(np.square(observed - denoised[..., chosen]), axis=(0, 1))
            noise_std[chosen] = np.sqrt(residual / kept)
        return Estimate(denoised, derivatives, noise_std)

    def _windows(self, times: np.ndarray, states: np.ndarray) -> np.ndarray:
        """Returns the window of each coordinate `[2n]`."""
        if self.window is not None:
            return np.full(states.shape[-1], self.window)
        if len(times) > 1:
            some = slice(max(1, MAX_CHOOSING // times.shape[1]))
            times, states = times[some], states[some]
        times, states = times[:, :MAX_CHOOSING], states[:, :MAX_CHOOSING]
        candidates = _candidates(_least_window(self.degree), min(MAX_WINDOW, times.shape[1]))
        scores = []
        for window in candidates:
            polynomial = LocalPolynomial.at(times, window=window, degree=self.degree)
            residual = np.mean(np.square(states - polynomial.values(states)), axis=(0, 1))
            parameters = np.mean(polynomial.own_weights())
            scores.append(np.log(np.maximum(residual, np.finfo(float).tiny)) + 2 * parameters / (1 - parameters))
        return np.array(candidates)[np.argmin(scores, axis=0)]


def _least_window(degree: int) -> int:
    """Returns the narrowest odd window that leaves a residual."""
    return degree + 2 + (degree + 1) % 2


def _candidates(least: int, most: int) -> list[int]:
    """Returns odd windows, each about a fifth wider than the window before."""
    windows = [least]
    while (wider := windows[-1] + 2 * max(1, windows[-1] // 10)) <= most:
        windows.append(wider)
    return windows
