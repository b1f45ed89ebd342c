"""A smoothed column: its values without noise, its slopes and its noise, also where values are missing."""

import dataclasses

import numpy as np
from scipy import interpolate

from hnn_tf.data.measured.period import noise_level
from hnn_tf.derivative_estimators.smoothing_spline import SmoothingSpline
from hnn_tf.input_error import InputError

LONG = 2000
"""Longer columns are smoothed in overlapping blocks, of which some determine the smoothness."""

_BLOCK = 500
_STRIDE = 400
_MOST_CHOOSING = 8
"""The blocks that determine the smoothness. More would take most of the time, and change it little."""


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


def smooth_column(times: np.ndarray, values: np.ndarray) -> SmoothColumn:
    """Smooths a column by a smoothing spline, and fills its missing values.

    A missing value is on the cubic between its neighbours, within a tenth of the column's range around the column.

    Args:
      times: `[T]`, increasing.
      values: `[T]`, NaN where missing; at least two are there.
    """
    seen = np.isfinite(values)
    own_times, own = times[seen], values[seen]
    smoothed = SmoothColumn(own, np.gradient(own, own_times), noise_level(own))
    if len(own) >= SmoothingSpline.min_points and np.ptp(own) > 0:
        try:
            smoothed = _splines(own_times, own)
        except InputError:  # times nearly coincide
            pass
    if seen.all():
        return smoothed
    curve = interpolate.CubicHermiteSpline(own_times, smoothed.values, smoothed.slopes)
    within = np.clip(times, own_times[0], own_times[-1])  # a cubic goes far away beyond its ends
    margin = 0.1 * np.ptp(own)
    filled = np.clip(curve(within), own.min() - margin, own.max() + margin)
    return SmoothColumn(filled, curve.derivative()(within), smoothed.noise_std)


def _splines(times: np.ndarray, values: np.ndarray) -> SmoothColumn:
    """Returns the smoothed column of values without gaps."""
    count = len(times)
    length = count if count <= LONG else _BLOCK
    num_blocks = 1 if count <= LONG else -(-(count - _BLOCK) // _STRIDE) + 1
    starts = np.linspace(0, count - length, num_blocks).astype(int)
    # The estimator takes the smoothness from the first blocks, so that these are spread over the column.
    order = np.argsort(np.arange(num_blocks) * 0.6180339887498949 % 1.0) if num_blocks > 1 else np.array([0])
    indices = starts[order, None] + np.arange(length)
    estimate = SmoothingSpline(max_choosing=_MOST_CHOOSING).estimate(times[indices], values[indices][..., None])
    smoothed, slopes = np.empty(count), np.empty(count)
    edges = np.concatenate([[0], (starts[1:] + starts[:-1] + length) // 2, [count]])  # middles of the overlaps
    for place, block in enumerate(order):
        inside = slice(edges[block] - starts[block], edges[block + 1] - starts[block])
        smoothed[edges[block] : edges[block + 1]] = estimate.states[place, inside, 0]
        slopes[edges[block] : edges[block + 1]] = estimate.time_derivatives[place, inside, 0]
    return SmoothColumn(smoothed, slopes, float(estimate.noise_std[0]))
