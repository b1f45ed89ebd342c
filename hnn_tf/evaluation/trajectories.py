"""Distances of predicted trajectories from true ones."""

import numpy as np

VALID_ERROR = 0.1
"""The relative state error up to which a prediction counts as valid."""


def coordinate_mse(true: np.ndarray, predicted: np.ndarray) -> float:
    """Returns the mean of (s_pred - s_true)^2 over trajectories, times and coordinates; both are `[N, T, 2n]`."""
    _check_equal(true, predicted)
    return float(np.mean((predicted - true) ** 2))


def valid_prediction_time(times: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> float:
    """Returns the time for which a prediction stays within 10 % of the truth, as the median over trajectories.

    For each trajectory, this is the first time at which |s_pred(t) - s_true(t)| > 0.1 rms_t |s_true|. A trajectory that
    never has this error counts with the whole span of `times`, which is therefore the largest possible value.

    Args:
      times: `[T]`, starting at the initial states' time.
      true: `[N, T, 2n]`.
      predicted: `[N, T, 2n]`.

    Returns:
      The median time since `times[0]`, in the unit of `times`.
    """
    _check_equal(true, predicted)
    error = np.linalg.norm(predicted - true, axis=-1)
    scale = np.sqrt(np.mean(np.sum(true**2, axis=-1), axis=-1, keepdims=True))
    # The comparison is false for NaN, so NaN counts as invalid.
    invalid = ~(error <= VALID_ERROR * scale)
    first = np.where(invalid.any(-1), invalid.argmax(-1), len(times) - 1)
    return float(np.median(times[first] - times[0]))


def _check_equal(true: np.ndarray, predicted: np.ndarray) -> None:
    if true.shape != predicted.shape:
        raise ValueError(f"expected trajectories of equal shape; received {true.shape} and {predicted.shape}")
