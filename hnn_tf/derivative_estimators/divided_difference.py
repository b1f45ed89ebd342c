"""Divided differences at irregular times."""

import numpy as np


def divided_difference_weights(times: np.ndarray, order: int) -> np.ndarray:
    """Returns the weights of neighbouring values in their divided difference.

    For smooth motion, the divided difference is about s^(order) / order!:

        s[t_i, ..., t_{i + order}] = sum_j w_ij s(t_{i + j}),  w_ij = 1 / prod_{k != j} (t_{i + j} - t_{i + k})

    Args:
      times: The times `[..., T]`, increasing.
      order: The order of the difference, >= 1 and < T. The differences of polynomials of lower degree are zero.

    Returns:
      The weights `[..., T - order, order + 1]`.
    """
    size = order + 1
    windows = np.lib.stride_tricks.sliding_window_view(times, size, axis=-1)
    gaps = windows[..., :, None] - windows[..., None, :] + np.eye(size)  # the gap of a time to itself is 1 instead of 0
    return 1 / np.prod(gaps, axis=-1)


def divided_differences(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Returns differences `[N, T - order, m]` of values `[N, T, m]`, for weights `[1 or N, T - order, order + 1]`."""
    count = weights.shape[-2]
    return sum(weights[..., j, None] * values[:, j : j + count] for j in range(weights.shape[-1]))
