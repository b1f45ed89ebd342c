"""Pieces of recordings, which a fit rolls out as separate trajectories."""

import dataclasses
from collections.abc import Sequence
from typing import Self

import numpy as np

from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings
from hnn_tf.data.segments import Segments
from hnn_tf.motion_inputs import interval_ends


@dataclasses.dataclass(frozen=True, eq=False)
class RecordingPieces:
    """Recordings of any lengths, cut into M pieces of at most L readings.

    Neighbouring pieces share a reading. A shorter piece repeats its last reading, without weight.

    Attributes:
      recordings: The recordings.
      owners: The index of each piece's recording, `[M]`.
      indices: The indices of each piece's readings in its recording, `[M, L]`.
      counted: 1 where a reading of a recording stands for the first time, and otherwise 0, `[M, L]`.
      interpolation: The inputs between two readings; see `Recordings`.
    """

    recordings: Sequence[Recording]
    owners: np.ndarray
    indices: np.ndarray
    counted: np.ndarray
    interpolation: str

    @classmethod
    def of(cls, recordings: Recordings, length: int) -> Self:
        """Cuts each recording into pieces of about equal numbers of readings, of at most about `length` readings."""
        cuts = [Segments(len(each), max(1, round((len(each) - 1) / (length - 1)))) for each in recordings]
        widest = max(cut.counted.shape[1] for cut in cuts)

        def padded(array: np.ndarray, mode: str) -> np.ndarray:
            return np.pad(array, [(0, 0), (0, widest - array.shape[1])], mode=mode)  # type: ignore[call-overload]

        return cls(
            recordings.recordings,
            np.repeat(np.arange(len(cuts)), [cut.num_segments for cut in cuts]),
            np.concatenate([padded(cut.indices, "edge") for cut in cuts]),
            np.concatenate([padded(cut.counted, "constant") for cut in cuts]),
            recordings.input_interpolation,
        )

    @property
    def length(self) -> int:
        """L, the number of readings of the longest piece."""
        return self.indices.shape[1]

    def columns(self) -> dict[str, np.ndarray]:
        """Returns the columns that `TrajectoryFitter` reads."""
        found = {"counted": self.counted} | {name: self._column(name) for name in ("times", "states")}
        if self.recordings[0].observed is not None:
            found["observed"] = self._column("observed").astype(np.float64)
        if self.recordings[0].inputs is not None:
            ends = [interval_ends(each.inputs, self.interpolation) for each in self.recordings]
            found |= {"inputs": self._column("inputs"), "end_inputs": self.gathered(ends)}
        return found

    def gathered(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """Returns the values `[M, L, ...]` of the pieces, for the values `[T_i, ...]` of each recording."""
        rows = [values[owner][index] for owner, index in zip(self.owners, self.indices, strict=True)]
        return np.stack(rows)

    def starts(self, states: Sequence[np.ndarray]) -> np.ndarray:
        """Returns the first state `[M, 2n]` of each piece, for the states `[T_i, 2n]` of each recording."""
        return np.stack([states[owner][first] for owner, first in zip(self.owners, self.indices[:, 0], strict=True)])

    def joined(self, states: np.ndarray) -> list[np.ndarray]:
        """Returns the states `[T_i, 2n]` of each recording, for the states `[M, L, 2n]` of the pieces."""
        found = [np.empty(each.states.shape) for each in self.recordings]
        for owner, index, counted, piece in zip(self.owners, self.indices, self.counted, states, strict=True):
            found[owner][index[counted > 0]] = piece[counted > 0]
        return found

    def _column(self, name: str) -> np.ndarray:
        return self.gathered([getattr(each, name) for each in self.recordings])
