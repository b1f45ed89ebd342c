"""The common interface of files that hold tables."""

import abc
import dataclasses
import pathlib
from collections.abc import Iterator, Sequence

import numpy as np

from hnn_tf.input_error import InputError

CHUNK_ROWS = 200_000
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


def shown_names(names: Sequence[str]) -> str:
    """Returns the first names of columns, for a message."""
    shown = ", ".join(map(str, names[:12]))
    return shown if len(names) <= 12 else f"{shown} and {len(names) - 12} more"


def as_label(value: object) -> str:
    """Returns a label of a recording as text; numbers without a fraction are written as integers."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def as_labels(values: np.ndarray) -> np.ndarray:
    """Returns labels `[N]` as text; a missing label is empty."""
    values = np.asarray(values)
    if values.dtype.kind in "iub":
        kinds, places = np.unique(values, return_inverse=True)
        return np.array([as_label(kind) for kind in kinds], dtype=object)[places]
    if values.dtype.kind == "f":
        kinds, places = np.unique(values, return_inverse=True)
        return np.array(["" if kind != kind else as_label(kind) for kind in kinds], dtype=object)[places]
    return np.array(["" if each is None or each != each else as_label(each) for each in values.tolist()], dtype=object)
