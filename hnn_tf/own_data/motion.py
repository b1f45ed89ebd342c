"""The period and the noise of recordings."""

import numpy as np

from hnn_tf.data.measured.period import period
from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings
from hnn_tf.derivative_estimators import SmoothingSpline
from hnn_tf.input_error import InputError
from hnn_tf.own_data.scales import units_a_radian

_MOST_RECORDINGS = 10
_MOST_READINGS = 2_000


def longest_period(recordings: Recordings) -> float | None:
    """Returns the longest period of the positions, each the median over the recordings; None if it is unknown."""
    found = []
    for column in range(recordings.width // 2):
        turn = 2.0 * np.pi * units_a_radian(recordings.state_units[column]) if column in recordings.angles else None
        each = [period(one.times, _seen(one, column), turn=turn) for one in recordings]
        known = [value for value in each if value is not None]
        if known:
            found.append(float(np.median(known)))
    return max(found) if found else None


def noise_levels(recordings: Recordings) -> np.ndarray:
    """Returns the standard deviation of the noise of each column of the states, `[2n]`, by smoothing splines.

    A column that was never observed has a level in the same relation to its spread as the others.
    """
    spread = np.std(recordings.joined("states"), 0)
    levels = np.zeros(recordings.width)
    chosen = list(recordings)[:: max(1, len(recordings) // _MOST_RECORDINGS)][:_MOST_RECORDINGS]
    for column in range(recordings.width):
        each = []
        for one in chosen:
            values = _seen(one, column)[:_MOST_READINGS]
            there = np.isfinite(values)
            if there.sum() >= SmoothingSpline.min_points:
                times = one.times[:_MOST_READINGS][there]
                estimate = SmoothingSpline().estimate(times[np.newaxis], values[there][np.newaxis, :, np.newaxis])
                each.append(estimate.noise_std[0])
        # A level of 0 would give a column all weight.
        levels[column] = max(float(np.median(each)), 1e-6 * spread[column]) if each else 0.0
    known = levels > 0.0
    if not known.any():
        raise InputError(
            f"recordings: expected at least {SmoothingSpline.min_points} readings of a column in a recording; received "
            "fewer; give longer recordings"
        )
    levels[~known] = spread[~known] * np.mean(levels[known] / spread[known])
    return levels


def _seen(recording: Recording, column: int) -> np.ndarray:
    """Returns the values `[T]` of a column, with NaN where they were not observed."""
    values = recording.states[:, column]
    return values if recording.observed is None else np.where(recording.observed[:, column], values, np.nan)
