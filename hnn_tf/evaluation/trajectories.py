"""How far predicted trajectories are from true ones."""

import numpy as np

VALID_ERROR = 0.1
"""Relative state error up to which a prediction counts as valid."""


def coordinate_mse(true: np.ndarray, predicted: np.ndarray) -> float:
    """Mean of (s_pred - s_true)^2 over trajectories, times and coordinates; both `[N, T, 2n]`."""
    _check_equal(true, predicted)
    return float(np.mean((predicted - true) ** 2))


def valid_prediction_time(times: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> float:
    """Time for which a prediction stays within 10 % of the truth, the median over trajectories.

    The first time at which |s_pred(t) - s_true(t)| > 0.1 rms_t |s_true|. A trajectory that never gets there counts
    with the whole span of `times`, so that is the largest possible value.

    Args:
      times: `[T]`, starting at the initial states' time.
      true: `[N, T, 2n]`.
      predicted: `[N, T, 2n]`.

    Returns:
      Median time since `times[0]`, in the unit of `times`.
    """
    _check_equal(true, predicted)
    error = np.linalg.norm(predicted - true, axis=-1)
    scale = np.sqrt(np.mean(np.sum(true**2, axis=-1), axis=-1, keepdims=True))
    # Written so that NaN counts as invalid.
    invalid = ~(error <= VALID_ERROR * scale)
    first = np.where(invalid.any(-1), invalid.argmax(-1), len(times) - 1)
    return float(np.median(times[first] - times[0]))


def _check_equal(true: np.ndarray, predicted: np.ndarray) -> None:
    if true.shape != predicted.shape:
        raise ValueError(f"expected trajectories of equal shape; received {true.shape} and {predicted.shape}")
