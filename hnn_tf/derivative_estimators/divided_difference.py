"""Divided differences at irregular times."""

import numpy as np


def divided_difference_weights(times: np.ndarray, order: int) -> np.ndarray:
    """Weights of neighbouring values in their divided difference, which is s^(order) / order! of smooth motion.

        s[t_i, ..., t_{i + order}] = sum_j w_ij s(t_{i + j}),  w_ij = 1 / prod_{k != j} (t_{i + j} - t_{i + k})

    Args:
      times: `[..., T]`, increasing.
      order: Of the difference, >= 1 and < T; polynomials of lower degree have none.

    Returns:
      `[..., T - order, order + 1]`.
    """
    size = order + 1
    windows = np.lib.stride_tricks.sliding_window_view(times, size, axis=-1)
    gaps = windows[..., :, None] - windows[..., None, :] + np.eye(size)  # ones, not zeros, of a time with itself
    return 1 / np.prod(gaps, axis=-1)


def divided_differences(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Divided differences `[N, T - order, m]` of values `[N, T, m]`, by weights `[1 or N, T - order, order + 1]`."""
    count = weights.shape[-2]
    return sum(weights[..., j, None] * values[:, j : j + count] for j in range(weights.shape[-1]))
