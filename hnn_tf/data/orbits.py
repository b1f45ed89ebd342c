"""Initial states of bodies with unit masses and G = 1 in the plane: nearly circular orbits of two or three bodies."""

import numpy as np

Randomness = np.random.Generator | np.random.RandomState
"""A source of randomness.

RandomState is allowed because the published energy metric names its orbits by legacy seeds.
"""


def sample_two_body(
    rng: Randomness, count: int, *, coordinate: tuple[float, float] = (0.5, 1.5), speed_noise: float = 0.05
) -> np.ndarray:
    """Samples two equal bodies on nearly circular orbits about their common centre.

    q_1 = (x, y), both uniform in `coordinate`;  p_1 = (-y, x) / (2 r^(3/2)) (1 + speed_noise N(0, 1)). Without the
    noise, p_1 is the momentum of the circular orbit. The other body is the mirror image: q_2 = -q_1, p_2 = -p_1.

    Args:
      rng: The source of randomness.
      count: The number of states N.
      coordinate: The least and the largest x and y, > 0.
      speed_noise: The relative standard deviation of the speed.

    Returns:
      The states `[N, 8]` of `NBody()`, float64.

    Raises:
      ValueError: If `coordinate` is not a range of numbers > 0.

    References:
      Greydanus, Dzamba, Yosinski. arXiv:1906.01563, section 4 and its code (experiment-2body).
    """
    _check_range("coordinate", coordinate)
    position = rng.uniform(*coordinate, [count, 2])
    speed = 0.5 * np.linalg.norm(position, axis=-1, keepdims=True) ** -1.5
    momentum = position[:, ::-1] * [-1.0, 1.0] * speed * (1.0 + speed_noise * rng.standard_normal([count, 1]))
    return _states([position, -position], [momentum, -momentum])


def sample_three_body(
    rng: Randomness, count: int, *, radius: tuple[float, float] = (0.9, 1.2), velocity_noise: float = 0.2
) -> np.ndarray:
    """Samples three equal bodies on an equilateral triangle, with the velocities of a circular motion plus noise.

    |q_i| = r is uniform in `radius`. The direction of the first body is the direction of a point that is uniform in a
    square. The speed is 3^(-1/4) r^(-1/2), at right angles to q_i. Each component of each velocity is multiplied by 1 +
    velocity_noise U[-1, 1]. Most of these motions are chaotic, and some bodies come very close to each other.

    Args:
      rng: The source of randomness.
      count: The number of states N.
      radius: The least and the largest distance from the centre, > 0.
      velocity_noise: The largest relative change of a velocity component.

    Returns:
      The states `[N, 12]` of `NBody((1.0, 1.0, 1.0))`, float64.

    Raises:
      ValueError: If `radius` is not a range of numbers > 0.

    References:
      Greydanus, Dzamba, Yosinski. arXiv:1906.01563, appendix A and its code (experiment-3body).
    """
    _check_range("radius", radius)
    direction = rng.uniform(-1.0, 1.0, [count, 2])
    length = rng.uniform(*radius, [count, 1])
    first = direction * length / np.linalg.norm(direction, axis=-1, keepdims=True)
    velocity = _turned(first, 0.25) * 3.0**-0.25 * length**-1.5
    positions = [_turned(first, third / 3.0) for third in range(3)]
    # The bodies are drawn one after the other, as in the reference code.
    momenta = [
        _turned(velocity, third / 3.0) * (1.0 + velocity_noise * rng.uniform(-1.0, 1.0, [count, 2]))
        for third in range(3)
    ]
    return _states(positions, momenta)


def _states(positions: list[np.ndarray], momenta: list[np.ndarray]) -> np.ndarray:
    """Joins vectors `[N, 2]` of each body to component-major states."""
    count = len(positions[0])
    return np.concatenate([np.stack(part, -1).reshape(count, -1) for part in (positions, momenta)], -1)


def _turned(vectors: np.ndarray, turn: float) -> np.ndarray:
    """Rotates vectors `[N, 2]` counterclockwise by a share of the full circle."""
    cos, sin = np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)
    return vectors @ np.array([[cos, sin], [-sin, cos]])


def _check_range(name: str, values: tuple[float, float]) -> None:
    if np.shape(values) != (2,) or not 0 < values[0] <= values[1] < np.inf:
        raise ValueError(f"{name}: expected (least, largest), 0 < least <= largest; received {values}")
