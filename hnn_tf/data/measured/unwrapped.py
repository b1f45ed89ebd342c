"""Angles that were recorded within one turn, as continuous angles."""

import numpy as np

MOST_STEP = 0.32
"""The largest step of an angle between neighbouring readings, in turns, of which the direction is certain."""


def is_wrapped(values_of_runs: list[np.ndarray], turn: float) -> bool:
    """Returns whether an angle was recorded within one turn and jumps by more than half a turn.

    Args:
      values_of_runs: The angle in each run, `[T]`; NaN is a missing value.
      turn: A full turn in the unit of the angle.
    """
    values = np.concatenate(values_of_runs)
    if np.nanmax(values) - np.nanmin(values) > turn * (1 + 1e-6):
        return False
    return any((np.abs(np.diff(each[np.isfinite(each)])) > turn / 2).any() for each in values_of_runs)


def unwrapped(times: np.ndarray, values: np.ndarray, turn: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns the continuous angle `[T]`, and the indices of readings that may be some turns off.

    These readings are too far away from the readings before them: the step is large, or the angle would turn far in
    this time at the rate at which it turned before.

    Args:
      times: `[T]`.
      values: The angle `[T]` within one turn; NaN is a missing value.
      turn: A full turn in the unit of the angle.
    """
    seen = np.flatnonzero(np.isfinite(values))
    found = values.copy()
    found[seen] = np.unwrap(values[seen], period=turn)
    steps, intervals = np.diff(found[seen]), np.diff(times[seen])
    if not len(steps):
        return found, np.empty(0, int)
    rates = np.abs(steps) / intervals
    longer = intervals > 1.5 * np.median(intervals)
    expected = np.where(longer, np.append(0.0, rates[:-1]) * intervals, 0.0)
    uncertain = np.maximum(np.abs(steps), expected) > MOST_STEP * turn
    return found, seen[1:][uncertain]
