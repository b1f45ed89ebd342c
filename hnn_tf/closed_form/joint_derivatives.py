"""Accelerations from positions and velocities that were both measured."""

import numpy as np

_WINDOW = 5


def joint_accelerations(times: np.ndarray, states: np.ndarray, degree: int) -> np.ndarray:
    """Returns the accelerations `[N, T, n]` of states (q, v) `[N, T, 2n]`.

    A polynomial of the given degree is fitted to the positions of five readings and, with its slope, to their
    velocities. Degree 9 passes through all ten numbers, and its acceleration has an error of the order h^8. Lower
    degrees smooth noise. Near the ends, the window is that of the first or the last five readings.

    Args:
      times: `[N, T]`, which increase.
      states: `[N, T, 2n]`.
      degree: The degree, from 2 to 2 W - 1 for windows of W = 5, or T if it is smaller.

    Raises:
      ValueError: If the degree is not possible.
    """
    length = times.shape[1]
    width = min(_WINDOW, length)
    if not 2 <= degree <= 2 * width - 1:
        raise ValueError(f"degree: expected 2 to {2 * width - 1}; received {degree}")
    position, velocity = np.split(states, 2, -1)
    found = np.empty(position.shape)
    power = np.arange(degree + 1)
    for k in range(length):
        first = min(max(k - width // 2, 0), length - width)
        window = slice(first, first + width)
        unit = np.mean(np.diff(times[:, window], axis=1), axis=1)[:, np.newaxis]
        at = (times[:, window] - times[:, k : k + 1]) / unit
        value = at[..., np.newaxis] ** power
        slope = (
            power * np.where(power > 0, at[..., np.newaxis] ** np.maximum(power - 1, 0), 0.0) / unit[..., np.newaxis]
        )
        numbers = np.concatenate([position[:, window], velocity[:, window]], 1)
        # In the window's unit of time, both kinds of numbers have about the same size.
        weights = np.concatenate([np.ones_like(at), np.broadcast_to(unit, at.shape)], 1)[..., np.newaxis]
        rows = np.concatenate([value, slope], 1) * weights
        second = np.linalg.pinv(rows)[:, 2]
        found[:, k] = 2.0 * np.einsum("bw,bwn->bn", second, numbers * weights) / unit**2
    return found
