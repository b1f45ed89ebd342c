"""The comparison of measured velocities with the slopes of the positions."""

import dataclasses

import numpy as np

from hnn_tf.data.measured.smooth_column import SmoothColumn, smooth_column

LEAST_CORRELATION = 0.9
MOST_DISAGREEMENT = 0.1
LEAST_READINGS_PER_PERIOD = 5


@dataclasses.dataclass(frozen=True)
class VelocityCheck:
    """What a column of velocities is, compared with the slope of its position.

    Attributes:
      factor: The velocities are, in the mean of squares, this factor times the slopes.
      error: The standard deviation of the factor.
      correlation: The correlation of velocities and slopes around zero. Their means count, because a body may move
        steadily.
      expected_correlation: The correlation that the noise of both would allow, if the velocities were right.
      count: The number of readings that were compared.
    """

    factor: float
    error: float
    correlation: float
    expected_correlation: float
    count: int

    @property
    def wrong_factor(self) -> bool:
        """Whether the factor is certainly not near 1."""
        return self.correlates and abs(self.factor - 1) > MOST_DISAGREEMENT + 3 * self.error

    @property
    def correlates(self) -> bool:
        """Whether the velocities follow the slopes, as far as the noise allows."""
        expected = self.expected_correlation
        error = (1 - expected**2) / np.sqrt(self.count / 4)
        return bool(self.correlation >= min(LEAST_CORRELATION, 0.8 * expected - 2 * error))

    @property
    def doubtful(self) -> bool:
        """Whether the factor is not 1, by a little."""
        return self.correlates and abs(self.factor - 1) > max(0.02, 3 * self.error)


def compared_velocity(
    pieces: list[tuple[np.ndarray, SmoothColumn, np.ndarray, SmoothColumn]], rng: np.random.Generator
) -> VelocityCheck | None:
    """Compares velocities with slopes; None if there are fewer than 8 readings to compare.

    The noise of the slopes is simulated: noise is added to the smoothed positions, which are then smoothed again.

    Args:
      pieces: The times `[T]`, the smoothed positions, the velocities `[T]` with NaN if missing, and the smoothed
        velocities, of each piece.
      rng: The random numbers of the simulated noise.
    """
    slopes, velocities, again = [], [], []
    noise = 0.0
    for times, position, velocity, smoothed in pieces:
        inner = slice(3, -3) if len(times) >= 16 else slice(1, -1)
        noisy = position.values + position.noise_std * rng.normal(size=len(times))
        repeated = smooth_column(times, noisy)
        seen = np.isfinite(velocity[inner])
        slopes.append(position.slopes[inner][seen])
        again.append(repeated.slopes[inner][seen])
        velocities.append(velocity[inner][seen])
        noise += smoothed.noise_std**2 * seen.sum()
    s, r, v = np.concatenate(slopes), np.concatenate(again), np.concatenate(velocities)
    if len(s) < 8 or not (s**2).sum() > 0 or not (v**2).sum() > 0 or not (r**2).sum() > 0:
        return None
    least_squares = (s * v).sum() / (s * s).sum()
    # The noise of slopes makes least-squares factors too small; the simulation shows by how much.
    attenuation = (r * s).sum() / (r * r).sum()
    factor = least_squares / attenuation if attenuation > 0.2 else least_squares
    residuals = v - least_squares * s
    # Neighbouring slopes have common errors: about every fourth is independent.
    error = np.sqrt((residuals**2).sum() / max(len(s) / 4 - 1, 1) / (s * s).sum())
    error += 0.5 * abs(1 - attenuation)
    allowed = _correlation(r, s) * np.sqrt(max(0.0, 1 - noise / len(s) / np.mean(v**2)))
    return VelocityCheck(float(factor), float(error), _correlation(s, v), float(allowed), len(s))


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    return float((first * second).sum() / np.sqrt((first**2).sum() * (second**2).sum()))
