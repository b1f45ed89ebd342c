"""Segments of neighbouring observations of a trajectory."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Segments:
    """A division of T observations into W segments of neighbouring observations.

    Neighbouring segments share one observation.

    Args:
      num_times: The number of observations T >= 2.
      num_segments: The number of segments W, from 1 to T - 1.

    Raises:
      ValueError: If there are fewer than two times, or more segments than steps between the times.
    """

    num_times: int
    num_segments: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.num_segments < self.num_times:
            raise ValueError(
                f"segments: expected from 1 to {self.num_times - 1} segments for {self.num_times} times; "
                f"received {self.num_segments}"
            )

    @property
    def starts(self) -> np.ndarray:
        """The indices of the segments' first observations, followed by that of the very last observation, `[W + 1]`."""
        return np.linspace(0, self.num_times - 1, self.num_segments + 1).round().astype(int)

    @property
    def indices(self) -> np.ndarray:
        """The indices of each segment's observations `[W, L + 1]`. A shorter segment repeats its last index."""
        starts, ends = self.starts[:-1, None], self.starts[1:, None]
        return np.minimum(starts + np.arange((ends - starts).max() + 1), ends)

    @property
    def counted(self) -> np.ndarray:
        """The weights of `indices` `[W, L + 1]`: 1 where an observation appears for the first time, else 0."""
        starts, ends = self.starts[:-1, None], self.starts[1:, None]
        own = starts + np.arange((ends - starts).max() + 1) < ends
        own[-1, ends[-1] - starts[-1]] = True  # the very last observation is in no other segment
        return own.astype(float)
