"""Recordings of pictures, without states."""

import dataclasses

import numpy as np

from hnn_tf.input_error import InputError


@dataclasses.dataclass(frozen=True)
class FrameRecordings:
    """Films of one system: pairs of frames, one frame of time apart.

    Args:
      pairs: `[N, T, h, w, 2]`, the pairs of N recordings, as `frame_pairs` returns them.

    Raises:
      InputError: If there is no recording, or the shape is different.
    """

    pairs: np.ndarray

    angles = ()
    """The coordinates that are angles: none, because the meaning of a learned latent is unknown."""

    def __post_init__(self) -> None:
        shape = np.shape(self.pairs)
        if len(shape) != 5 or 0 in shape or shape[1] < 2:
            raise InputError(f"pairs: expected at least one recording [N, T, h, w, 2], T >= 2; received {shape}")

    def __len__(self) -> int:
        """Returns the number of recordings."""
        return len(self.pairs)

    def joined(self, times: slice) -> np.ndarray:
        """Returns the pairs at some times of all recordings, one recording after the other, `[M, h, w, 2]`."""
        return self.pairs[:, times].reshape(-1, *self.pairs.shape[2:])

    def hold_out(self, fraction: float) -> tuple["FrameRecordings", "FrameRecordings"]:
        """Returns the recordings to train on, and the held-out ones, which are the last recordings.

        Raises:
          InputError: If either part would be empty.
        """
        count = len(self) - round(fraction * len(self))
        if not 0 < count < len(self):
            raise InputError(
                f"fraction: expected a split of {len(self)} recordings with no part empty; received {fraction}"
            )
        return FrameRecordings(self.pairs[:count]), FrameRecordings(self.pairs[count:])
