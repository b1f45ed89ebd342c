"""Minima of many functions of one variable at once."""

import numpy as np


def grid_minimum(grid: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Returns the minima of m functions that are known on a grid.

    A minimum is the lowest point of a parabola between grid points.

    Args:
      grid: A regular grid `[K]`, K >= 3, which is fine enough for a parabola through three neighbours.
      values: The values of the functions, `[K, m]`.

    Returns:
      The places of the minima, `[m]`. If the smallest value is at an end of the grid, the minimum is this end.
    """
    least = np.argmin(values, axis=0)
    inner = np.clip(least, 1, len(grid) - 2)
    before, at, after = (np.take_along_axis(values, (inner + i)[None], axis=0)[0] for i in (-1, 0, 1))
    curvature = before - 2 * at + after
    shift = np.divide(before - after, 2 * curvature, out=np.zeros_like(at), where=curvature > 0)
    return np.where(inner == least, grid[inner] + shift * (grid[1] - grid[0]), grid[least])
