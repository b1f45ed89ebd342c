"""Initial states of trajectories in the plane."""

import numpy as np


def sample_on_radius(rng: np.random.Generator, count: int, *, radius: tuple[float, float]) -> np.ndarray:
    """Samples planar states whose distance from the origin is uniform in a range.

    s = r u / |u|, where u is uniform in the square [-1, 1]^2 and r is uniform in `radius`. The direction is the
    direction of a point in a square, so diagonals are a little more frequent than axes, as in the reference code.

    Args:
      rng: The source of randomness.
      count: The number of states N.
      radius: The least and the largest |s|, in the state's units.

    Returns:
      The states `[N, 2]`, float64.

    Raises:
      ValueError: If `radius` is not a range of numbers >= 0.

    References:
      Greydanus, Dzamba, Yosinski. arXiv:1906.01563, appendix A and its code for tasks 1 and 2.
    """
    if np.shape(radius) != (2,) or not 0 <= radius[0] <= radius[1] < np.inf:
        raise ValueError(f"radius: expected (least, largest), 0 <= least <= largest; received {radius}")
    direction = rng.uniform(-1.0, 1.0, [count, 2])
    length = np.linalg.norm(direction, axis=-1, keepdims=True)
    return direction / length * rng.uniform(*radius, [count, 1])


def sample_box_ring(rng: np.random.Generator, count: int, *, least: float, most: float) -> np.ndarray:
    """Samples planar states `[N, 2]` with |q| and |p| uniform in [least, most] and random signs."""
    signs = rng.choice([-1.0, 1.0], [count, 2])
    return signs * rng.uniform(least, most, [count, 2])
