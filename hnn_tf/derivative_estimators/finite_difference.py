"""Finite differences, without any smoothing."""

import numpy as np

from hnn_tf.derivative_estimators.base import DerivativeEstimator, Estimate
from hnn_tf.derivative_estimators.divided_difference import divided_difference_weights, divided_differences
from hnn_tf.derivative_estimators.local_polynomial import LocalPolynomial
from hnn_tf.input_error import InputError

WINDOWS = {"forward": 2, "central": 3}
"""The number of points that each scheme uses."""

NOISE_ORDER = 4
"""The order of the differences that estimate the noise.

For an oscillator with 20 points per period, they keep 1e-3 of the amplitude.
"""


class FiniteDifference(DerivativeEstimator):
    """Differences of neighbouring observed states. The states themselves are not denoised.

        forward:  ds/dt(t_i) = (y_{i+1} - y_i) / h_i,  h_i = t_{i+1} - t_i;  error s'' h/2, order 1
        central:  the slope at t_i of the parabola through i-1, i, i+1;      error s''' h^2/6, order 2

    The schemes are exact for polynomials of degree 1 and 2, also at irregular times. At the ends, the last forward
    difference repeats the difference before it, which makes it a backward difference. The central scheme takes the
    slopes of the outermost parabolas, which still have order 2.

    A forward difference adds damping: as the derivative at t_i, it gives an oscillator of frequency omega a false
    friction of about omega^2 h/2. Noise of standard deviation sigma becomes sqrt(2) sigma/h in forward differences and
    sigma/(sqrt(2) h) in central ones. For noisy states, another estimator is better. Finite differences are the
    reference, and the paper uses them for its real pendulum.

    `noise_std` comes from fourth-order divided differences, scaled so that independent noise keeps its variance. For
    fewer than 5 times, it comes from the highest possible order. Motion with few points per period adds to it.

    Args:
      scheme: `forward` or `central`.

    Raises:
      InputError: If there is no such scheme.

    References:
      Fornberg. Generation of finite difference formulas on arbitrarily spaced grids. Math. Comp. 51, 1988.
      Gasser, Sroka, Jennen-Steinmetz. Residual variance and residual pattern in nonlinear regression. Biometrika, 1986.
    """

    name = "finite_difference"
    min_points = 3

    def __init__(self, *, scheme: str = "forward") -> None:
        if scheme not in WINDOWS:
            raise InputError(f"scheme: expected one of {', '.join(WINDOWS)}; received {scheme!r}")
        self.scheme = scheme

    def _estimate(self, times: np.ndarray, states: np.ndarray) -> Estimate:
        window = WINDOWS[self.scheme]
        interpolant = LocalPolynomial.at(times, window=window, degree=window - 1)
        return Estimate(states.copy(), interpolant.slopes(states), noise_std(times, states))


def noise_std(times: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Returns the standard deviation of independent noise on smooth motion, from divided differences.

    sigma^2 = mean (sum_j w_j y_{i+j})^2,  w_j proportional to 1 / prod_{k != j} (t_{i+j} - t_{i+k}),  sum_j w_j^2 = 1.

    Args:
      times: `[1, T]` or `[N, T]`, T >= 2.
      states: `[N, T, 2n]`.

    Returns:
      `[2n]`.
    """
    weights = divided_difference_weights(times, min(NOISE_ORDER, times.shape[1] - 1))
    weights /= np.linalg.norm(weights, axis=-1, keepdims=True)
    return np.sqrt(np.mean(np.square(divided_differences(weights, states)), axis=(0, 1)))
