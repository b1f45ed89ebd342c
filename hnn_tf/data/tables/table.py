"""A table of measurements: columns of numbers, with the place of each row in its file."""

import dataclasses
import pathlib

import numpy as np


@dataclasses.dataclass(frozen=True, eq=False)
class Source:
    """A file from which rows were read.

    Attributes:
      path: The file.
      num_rows: The number of rows in the file.
      sha256: The SHA-256 of the file's bytes, hexadecimal.
      row_word: The word for a row of the file in messages, "line" or "row".
    """

    path: pathlib.Path
    num_rows: int
    sha256: str
    row_word: str


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """The rows of one or several files.

    Attributes:
      columns: The columns of numbers by name, `[N]` float64 each; NaN is a missing cell.
      labels: The columns of labels by name, `[N]` of text each.
      sources: The files.
      source: The index in `sources` of each row's file, `[N]`.
      row: The number of each row in its file, `[N]`.
    """

    columns: dict[str, np.ndarray]
    labels: dict[str, np.ndarray]
    sources: tuple[Source, ...]
    source: np.ndarray
    row: np.ndarray

    def __len__(self) -> int:
        """Returns the number of rows that are in memory."""
        return len(self.row)

    @property
    def num_rows(self) -> int:
        """The number of rows of all files, which may be more than are in memory."""
        return sum(source.num_rows for source in self.sources)

    def place(self, index: int) -> str:
        """Returns the place of a row, for messages: file and line."""
        source = self.sources[int(self.source[index])]
        return f"{source.path}, {source.row_word} {int(self.row[index])}"
