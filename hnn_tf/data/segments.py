"""Trajectories cut into segments of neighbouring observations."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Segments:
    """T observations cut into W segments of neighbouring ones; where two meet, both have the observation.

    Args:
      num_times: T >= 2.
      num_segments: W, from 1 to T - 1.

    Raises:
      ValueError: If there are fewer than two times, or more segments than steps between them.
    """

    num_times: int
    num_segments: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.num_segments < self.num_times:
            raise ValueError(
                f"segments: expected from 1 to {self.num_times - 1} of {self.num_times} times; "
                f"received {self.num_segments}"
            )

    @property
    def starts(self) -> np.ndarray:
        """Index of each segment's first observation, and after them of the last one of all, `[W + 1]`."""
        return np.linspace(0, self.num_times - 1, self.num_segments + 1).round().astype(int)

    @property
    def indices(self) -> np.ndarray:
        """Index of each segment's observations `[W, L + 1]`; those of a shorter segment repeat its last one."""
        starts, ends = self.starts[:-1, None], self.starts[1:, None]
        return np.minimum(starts + np.arange((ends - starts).max() + 1), ends)

    @property
    def counted(self) -> np.ndarray:
        """1 where `indices` has an observation for the first time, else 0, `[W, L + 1]`."""
        starts, ends = self.starts[:-1, None], self.starts[1:, None]
        own = starts + np.arange((ends - starts).max() + 1) < ends
        own[-1, ends[-1] - starts[-1]] = True  # the very last one has no other segment
        return own.astype(float)
