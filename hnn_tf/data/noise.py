"""Measurement noise."""

import numpy as np


def add_gaussian_noise(states: np.ndarray, rng: np.random.Generator, *, std: float) -> np.ndarray:
    """States plus independent Gaussian noise of standard deviation `std` (in the states' units), a new array.

    Raises:
      ValueError: If `std` is negative or not finite.
    """
    if not 0 <= std < np.inf:
        raise ValueError(f"noise_std: expected a finite number >= 0; received {std}")
    return states + std * rng.standard_normal(states.shape)
