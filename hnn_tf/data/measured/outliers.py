"""Single readings that are far away from the motion."""

import numpy as np

from hnn_tf.data.measured.smooth_column import smooth_column

MOST_DEVIATIONS = 8.0
"""An outlier is so many robust standard deviations away from the smoothed column."""

LEAST_SHARE_OF_SPREAD = 1e-3
"""The least standard deviation, as a share of the column's spread. Rounding is no outlier."""

MOST_SHARE = 0.01
"""The largest share of outliers in a column. If there were more, they would be part of the motion."""


def outliers(times: np.ndarray, values: np.ndarray, spread: float) -> np.ndarray:
    """Returns the indices of the outliers of a column.

    Readings are suspected that do not continue the four readings around them. They are outliers if they are also far
    away from the spline through all other readings, which they cannot attract.

    Args:
      times: `[T]`.
      values: `[T]`; NaN is a missing value.
      spread: The standard deviation of the whole column.
    """
    seen = np.flatnonzero(np.isfinite(values))
    none = np.empty(0, int)
    if len(seen) < 20 or not spread > 0:
        return none
    suspects = seen[_suspects(times[seen], values[seen], LEAST_SHARE_OF_SPREAD * spread)]
    if not len(suspects) or len(suspects) > max(1, 2 * MOST_SHARE * len(seen)):
        return none
    others = values.copy()
    others[suspects] = np.nan
    smoothed = smooth_column(times, others)
    residuals = values - smoothed.values
    scale = max(_robust_std(residuals[np.isfinite(others)]), LEAST_SHARE_OF_SPREAD * spread)
    return suspects[np.abs(residuals[suspects]) > MOST_DEVIATIONS * scale]


def _suspects(times: np.ndarray, values: np.ndarray, floor: float) -> np.ndarray:
    residuals = np.zeros(len(values))
    inner = np.arange(2, len(values) - 2)
    around = [inner - 2, inner - 1, inner + 1, inner + 2]
    for j in around:
        weight = np.ones(len(inner))
        for k in around:
            if k is not j:
                weight *= (times[inner] - times[k]) / (times[j] - times[k])
        residuals[inner] += weight * values[j]
    residuals[inner] = values[inner] - residuals[inner]
    size = np.abs(residuals)
    scale = max(_robust_std(residuals[inner]), floor)
    # Alone, an outlier of size 1 gives its neighbours the residuals 1/6, -2/3, 1, -2/3, 1/6.
    found = [i for i in np.flatnonzero(size > MOST_DEVIATIONS * scale) if 3 <= i < len(values) - 3]
    return np.array([i for i in found if _is_alone(residuals, int(i))], int)


def _is_alone(residuals: np.ndarray, i: int) -> bool:
    """Returns whether a residual is that of a single reading, and not of a motion that bends or jumps sharply."""
    before, after, far_before, far_after = residuals[[i - 1, i + 1, i - 2, i + 2]] / residuals[i]
    if max(abs(before), abs(after)) > 0.85:  # a jump has two large residuals side by side
        return False
    if max(abs(before + 2 / 3), abs(after + 2 / 3), abs(far_before - 1 / 6), abs(far_after - 1 / 6)) > 0.4:
        return False
    around = np.concatenate([residuals[max(0, i - 15) : i - 2], residuals[i + 3 : i + 16]])
    return bool(abs(residuals[i]) > 4 * np.percentile(np.abs(around), 80.0))


def _robust_std(residuals: np.ndarray) -> float:
    return float(1.4826 * np.median(np.abs(residuals - np.median(residuals))))
