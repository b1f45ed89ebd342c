"""The choice among fitted candidates by their errors on held-out readings."""

from collections.abc import Mapping, Sequence

import numpy as np

from hnn_tf.own_data.forecasts import mean_error

_FEWEST_FORECASTS = 5
_MUCH_BETTER = 0.5
"""The largest error of a model without structure, relative to the best other error, at which it is chosen."""


def chosen(
    errors: Mapping[str, Sequence[np.ndarray]], order: Sequence[str], *, free: str | None, periods: float
) -> str:
    """Returns the name of the first candidate whose error is at most one standard error above the least error.

    If there are fewer than five forecasts, the standard error is that of a mean of as many independent squares as
    there are quarters of a period.

    Args:
      errors: The squared errors of each forecast, by candidate.
      order: The candidates, the simplest first.
      free: The candidate without structure, which is chosen only if its error is less than half of all others.
      periods: The number of periods in all forecasts.
    """
    errors = {name: [part for part in errors[name] if part.size] for name in order}
    means = {name: mean_error(errors[name]) for name in order}
    structured = [name for name in order if name != free]
    best = min(structured, key=means.__getitem__) if structured else None
    if best is None or (free in means and means[free] < _MUCH_BETTER * means[best]):
        return str(free)
    if not np.isfinite(means[best]):
        return best
    each = np.array([np.mean(part) for part in errors[best]])
    if len(each) >= _FEWEST_FORECASTS:
        error = float(np.std(each, ddof=1)) / len(each) ** 0.5
    else:
        error = means[best] * (2.0 / max(4.0, 4.0 * periods)) ** 0.5
    return next(name for name in structured if means[name] <= means[best] + error)
