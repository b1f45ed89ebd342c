"""The common interface of files that hold tables."""

import abc
import dataclasses
import pathlib
from collections.abc import Iterator, Sequence

import numpy as np

from hnn_tf.input_error import InputError, one_line

CHUNK_ROWS = 100_000
"""The rows that are in memory at a time while a file is read."""


@dataclasses.dataclass(frozen=True, eq=False)
class Chunk:
    """Neighbouring rows of a file.

    Attributes:
      columns: The values by the names of columns, `[N]`: float64 with NaN for a missing cell or, for labels, text.
      rows: The numbers of the rows, as messages name them, `[N]`.
    """

    columns: dict[str, np.ndarray]
    rows: np.ndarray


class TableFile(abc.ABC):
    """A file that holds one table.

    Attributes:
      path: The file.
      row_word: The word for a row in messages, with which `Chunk.rows` are counted: "line" of a text, else "row".
    """

    row_word = "row"

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    @property
    @abc.abstractmethod
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""

    @abc.abstractmethod
    def chunks(self, numbers: Sequence[str], labels: Sequence[str] = ()) -> Iterator[Chunk]:
        """Yields the rows in their order.

        Args:
          numbers: The names of the columns of numbers.
          labels: The names of the columns whose values are labels, which may be text.

        Raises:
          InputError: If a cell of `numbers` is not a number, or the file cannot be read to its end.
        """

    @abc.abstractmethod
    def head(self, most_rows: int) -> dict[str, np.ndarray]:
        """Returns the first rows of all columns that can be read, by their names.

        Args:
          most_rows: The largest number of rows.

        Returns:
          For each column `[N]`, N <= `most_rows`: float64 with NaN for a missing cell if all cells are numbers, else
          text as objects.

        Raises:
          InputError: If the rows cannot be read.
        """

    def clear_names(self) -> list[str]:
        """Returns the names that belong to one column only, and are not empty."""
        return [name for name in self.names if name and self.names.count(name) == 1]

    def check_names(self, names: Sequence[str]) -> None:
        """Refuses names of columns that the file does not have, or has twice.

        Raises:
          InputError: With the names that the file has.
        """
        for name in names:
            count = self.names.count(name)
            if count != 1:
                problem = "no such column" if not count else f"{count} columns of this name"
                raise InputError(
                    f"{self.path}: expected the column {name!r}; received {problem}, in a file with the columns "
                    f"{shown_names(self.names)}; {'give one of them' if not count else 'rename them'}"
                )

    def check_finite(self, name: str, values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Returns the numbers `[N]` of a column, and refuses infinity.

        Raises:
          InputError: With the row of the first infinite number.
        """
        infinite = np.isinf(values)
        if infinite.any():
            raise InputError(
                f"{self.path}, {self.row_word} {rows[infinite.argmax()]}, column {name!r}: expected a finite number; "
                "received infinity; mend the cell, or leave it empty (NaN in arrays) if it is missing"
            )
        return values


def shown_names(names: Sequence[str]) -> str:
    """Returns the first names of columns, for a message."""
    shown = ", ".join(one_line(repr(name))[:80] for name in names[:12])
    return shown if len(names) <= 12 else f"{shown} and {len(names) - 12} more"
