"""The readings to which splines are fitted: all, or evenly chosen neighbouring readings of much data."""

import dataclasses

import numpy as np

from hnn_tf.data.measured.parts import LEAST_READINGS, Part

MOST_READINGS = 20_000
"""The largest number of readings to which splines are fitted."""

PIECE_LENGTH = 1000
"""The number of neighbouring readings in a piece, if not all readings are taken."""


@dataclasses.dataclass(frozen=True)
class Piece:
    """Neighbouring readings of a part.

    Attributes:
      part: The index of the part.
      start: The index of the first reading.
      stop: The index after the last reading.
    """

    part: int
    start: int
    stop: int

    def column(self, parts: list[Part], name: str) -> tuple[np.ndarray, np.ndarray]:
        """Returns the times and the values of a column in this piece, `[T]`."""
        part, readings = parts[self.part], slice(self.start, self.stop)
        return part.times[readings], part.columns[name][readings]

    def has(self, parts: list[Part], name: str) -> bool:
        """Returns whether the column has enough values in this piece."""
        return int(np.isfinite(self.column(parts, name)[1]).sum()) >= LEAST_READINGS


def chosen_pieces(parts: list[Part]) -> list[Piece]:
    """Returns all parts, or evenly chosen pieces of them if they have too many readings."""
    lengths = [len(part.times) for part in parts]
    if sum(lengths) <= MOST_READINGS:
        return [Piece(index, 0, length) for index, length in enumerate(lengths)]
    pieces = []
    for index, length in enumerate(lengths):
        edges = np.linspace(0, length, max(1, length // PIECE_LENGTH) + 1).astype(int)
        pieces += [Piece(index, int(a), int(b)) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    share = MOST_READINGS / sum(lengths)
    ends = np.cumsum([piece.stop - piece.start for piece in pieces]) * share / PIECE_LENGTH
    taken = np.flatnonzero(np.diff(np.floor(ends), prepend=0.0) > 0)
    return [pieces[i] for i in taken]
