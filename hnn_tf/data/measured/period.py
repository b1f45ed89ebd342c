"""The period and the noise of a column."""

import numpy as np


def noise_level(values: np.ndarray) -> float:
    """Returns a cheap estimate of the standard deviation of the noise of values `[T]`, from their third differences.

    The estimate also contains what is left of the motion itself in third differences, if the sampling is coarse. Half
    of the differences may be far off.
    """
    values = values[np.isfinite(values)]
    if len(values) < 5:
        return 0.0
    differences = np.abs(np.diff(values, 3))
    return float(1.4826 * np.median(differences) / np.sqrt(20.0))


def period(times: np.ndarray, values: np.ndarray, *, turn: float | None = None) -> float | None:
    """Returns the period of a motion, in the unit of the times; None if less than one period was recorded.

    It is the median time between two crossings of the mean in the same direction. A crossing counts if the values
    leave a band around the mean, so that noise does not cross. An angle that turns steadily does not come back; its
    period is the time of one turn.

    Args:
      times: `[T]`, increasing.
      values: `[T]`; NaN is a missing value.
      turn: A full turn, if the values are an unwrapped angle.
    """
    seen = np.isfinite(values)
    times, values = times[seen], values[seen]
    if len(values) < 4:
        return None
    low, high = np.percentile(values, [5.0, 95.0])
    if not high > low:
        return None
    if turn is not None:
        turns = abs(values[-1] - values[0]) / turn
        if turns >= 2 or (turns >= 1 and high - low > 0.8 * turn and _num_crossings(values, low, high) < 3):
            return float((times[-1] - times[0]) / turns)
    places = _crossing_times(times, values, low, high)
    if len(places) < 3:
        return None
    return float(np.median(places[2:] - places[:-2]))


def _num_crossings(values: np.ndarray, low: float, high: float) -> int:
    return len(_crossing_times(np.arange(len(values), dtype=float), values, low, high))


def _crossing_times(times: np.ndarray, values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Returns the times at which the values cross their mean and leave the band around it."""
    centre, amplitude = values.mean(), (high - low) / 2
    band = np.clip(3 * noise_level(values), 0.1 * amplitude, 0.5 * amplitude)
    outside = np.flatnonzero(np.abs(values - centre) > band)
    side = values[outside] > centre
    change = np.flatnonzero(side[1:] != side[:-1])
    before, after = outside[change], outside[change + 1]
    share = (centre - values[before]) / (values[after] - values[before])
    return times[before] + share * (times[after] - times[before])
