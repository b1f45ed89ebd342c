"""A smoothed column: its values without noise, its slopes and its noise, also where values are missing."""

import dataclasses

import numpy as np
from scipy import interpolate

from hnn_tf.data.measured.period import noise_level
from hnn_tf.derivative_estimators.smoothing_spline import SmoothingSpline
from hnn_tf.input_error import InputError


@dataclasses.dataclass(frozen=True, eq=False)
class SmoothColumn:
    """A smoothed column.

    Attributes:
      values: The values without noise, `[T]`.
      slopes: The slopes, `[T]`.
      noise_std: The standard deviation of the noise.
    """

    values: np.ndarray
    slopes: np.ndarray
    noise_std: float


def smooth_column(times: np.ndarray, values: np.ndarray, *, by_spline: bool = True) -> SmoothColumn:
    """Smooths a column and fills its missing values.

    Args:
      times: `[T]`, increasing.
      values: `[T]`, NaN where missing; at least two are there.
      by_spline: Whether a smoothing spline is fitted. Otherwise, the values stay as they are, which is faster.
    """
    seen = np.isfinite(values)
    own_times, own = times[seen], values[seen]
    smoothed = None
    if by_spline and len(own) >= SmoothingSpline.min_points and np.ptp(own) > 0:
        try:
            estimate = SmoothingSpline().estimate(own_times, own[None, :, None])
            smoothed = SmoothColumn(
                estimate.states[0, :, 0], estimate.time_derivatives[0, :, 0], float(estimate.noise_std[0])
            )
        except InputError:  # times nearly coincide
            pass
    if smoothed is None:
        smoothed = SmoothColumn(own, np.gradient(own, own_times), noise_level(own))
    if seen.all():
        return smoothed
    curve = interpolate.CubicHermiteSpline(own_times, smoothed.values, smoothed.slopes)
    within = np.clip(times, own_times[0], own_times[-1])  # a cubic goes far away beyond its ends
    return SmoothColumn(curve(within), curve.derivative()(within), smoothed.noise_std)
