"""Fewer points of a long series, so that a figure stays a small file."""

import numpy as np


def thinned(times: np.ndarray, values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns at most about `most` points, with the least and the largest value of each piece of the series.

    Every k-th point could show a slow motion that does not exist. The extremes of pieces keep the outline.

    Args:
      times: `[T]`, increasing.
      values: `[T]`; NaN is a missing value, and a piece of missing values stays a gap.
      most: The number of points.

    Returns:
      The times and the values of the chosen points.
    """
    times, values = np.asarray(times, np.float64), np.asarray(values, np.float64)
    if len(times) <= most:
        return times, values
    chosen = []
    for piece in np.array_split(np.arange(len(times)), max(most // 2, 1)):
        known = piece[np.isfinite(values[piece])]
        if known.size:
            chosen += sorted({int(known[np.argmin(values[known])]), int(known[np.argmax(values[known])])})
        else:
            chosen.append(int(piece[0]))
    return times[chosen], values[chosen]


def thinned_band(
    times: np.ndarray, low: np.ndarray, high: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns a band of at most `most` points, which contains the band of each piece of the series.

    Args:
      times: `[T]`, increasing.
      low: The lower ends, `[T]`.
      high: The upper ends, `[T]`.
      most: The number of points.

    Returns:
      The times, the lower ends and the upper ends of the chosen points.
    """
    if len(times) <= most:
        return times, low, high
    pieces = np.array_split(np.arange(len(times)), most)
    middles = [piece[len(piece) // 2] for piece in pieces]
    lowest = np.array([low[piece].min() for piece in pieces])
    return times[middles], lowest, np.array([high[piece].max() for piece in pieces])


def spread_rows(values: np.ndarray, most: int) -> np.ndarray:
    """Returns at most `most` rows, which are spread evenly over all rows."""
    if len(values) <= most:
        return values
    return values[np.linspace(0, len(values) - 1, most).round().astype(int)]
