"""Measurement noise."""

import numpy as np


def add_gaussian_noise(states: np.ndarray, rng: np.random.Generator, *, std: float) -> np.ndarray:
    """Returns a new array: the states plus independent Gaussian noise of standard deviation `std`.

    `std` is in the states' units.

    Raises:
      ValueError: If `std` is negative or not finite.
    """
    if not 0 <= std < np.inf:
        raise ValueError(f"noise_std: expected a finite number >= 0; received {std}")
    return states + std * rng.standard_normal(states.shape)
