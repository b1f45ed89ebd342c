"""Tables in text files: CSV, TSV and the like, compressed by gzip or not. pandas reads the rows."""

import csv
import io
import pathlib
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas

from hnn_tf.data.tables.labels import as_labels
from hnn_tf.data.tables.table_file import CHUNK_ROWS, Chunk, TableFile
from hnn_tf.data.tables.text_format import number_in, text_format
from hnn_tf.data.tables.text_stream import TextStream
from hnn_tf.input_error import InputError, InputWarning, one_line

_FIRST_LINES, _FIRST_SIZE = 2000, 10**6
"""The lines, and the number of their characters, in which the format is found. There may be many comments."""

_CHUNK_CELLS = 10**6
"""The cells that are in memory at a time while a file is read."""

_MISSING = ("", "na", "n/a", "nan", "null", "none", "-", "--")
"""The words for a missing cell, in small letters."""

_MISSING_WORDS = sorted({form for word in _MISSING for form in (word, word.upper(), word.capitalize(), "NaN")})

_PANDAS_VERSION = tuple(map(int, pandas.__version__.split(".")[:2]))

_EXACT: dict[str, Any] = {"float_precision": "round_trip"} if _PANDAS_VERSION < (3, 1) else {}
"""What makes pandas read numbers exactly: later versions always do, and warn about the option."""


class TextTable(TableFile):
    """A table in a text file. The delimiter and the decimal mark are found in the first lines.

    An empty cell, and a word such as NaN or NA, is a missing cell. So are the cells after the last of a short line.

    Raises:
      InputError: If the file has no header, or its first lines are not those of a table.
    """

    row_word = "line"

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        lines, size = [], 0
        with TextStream(path) as stream:
            for line in io.BufferedReader(stream, 1 << 16):
                lines.append(line.decode("utf-8").rstrip("\n"))
                size += len(line)
                if len(lines) == _FIRST_LINES or size > _FIRST_SIZE:
                    break
        self._format = text_format(lines, str(path))

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the header."""
        return self._format.names

    def chunks(self, numbers: Sequence[str], labels: Sequence[str] = ()) -> Iterator[Chunk]:
        """Yields the rows; see `TableFile.chunks`. The rows are numbered by their lines.

        Lines without any cell are left out.

        Warns:
          InputWarning: If the last line has no line end, so that it may have been cut off, or if a quoted cell has
            line ends, which is mostly a quote that was not closed.
        """
        self.check_names([*numbers, *labels])
        for table, lines in self._tables([self.names.index(name) for name in labels]):
            columns = {name: self._numbers(table[self.names.index(name)], lines, name) for name in numbers}
            columns |= {name: as_labels(table[self.names.index(name)].to_numpy(object)) for name in labels}
            yield Chunk(columns, lines)

    def head(self, most_rows: int) -> dict[str, np.ndarray]:
        """Returns the first rows; see `TableFile.head`."""
        columns: dict[str, np.ndarray] = {}
        for table, lines in self._tables([], most_rows):
            for name in self.clear_names():
                column = table[self.names.index(name)]
                try:
                    columns[name] = self._numbers(column, lines, name)
                except InputError:
                    columns[name] = as_labels(column.to_numpy(object))
            break
        return columns

    def _tables(self, labels: list[int], most_rows: int | None = None) -> Iterator[tuple[Any, np.ndarray]]:
        """Yields tables of pandas, whose columns are numbered, and the lines of their rows.

        Args:
          labels: The columns to read as text.
          most_rows: The number of rows to read at a time; by default, as many as fit the memory.
        """
        with TextStream(self.path) as stream:
            lines: Any = io.BufferedReader(stream, 1 << 20)
            try:
                for _ in range(self._format.header_line):
                    lines.readline()
                first = self._format.header_line + 1
                with self._reader(lines, labels, most_rows) as reader:
                    while (table := _next_of(reader)) is not None:
                        numbers = np.arange(first, first + len(table))
                        first += len(table)
                        missing = table.isna().to_numpy()
                        if not missing[:, -1].all():
                            raise self._refused("too many cells")
                        filled = ~missing.all(axis=1)
                        yield table[filled], numbers[filled]
                self._check_end(stream, first - 1)
            except InputError:
                raise
            except (pandas.errors.ParserWarning, csv.Error, ValueError, OverflowError, OSError, MemoryError) as error:
                raise stream.error or self._refused(error) from error

    def _reader(self, lines: Any, labels: list[int], most_rows: int | None) -> Any:
        width = len(self.names) + 1  # pandas would ignore the cells that are too many; these fill the last column
        words = {place: _MISSING_WORDS for place in range(width - 1)} | {width - 1: [""]}
        return pandas.read_csv(
            lines,
            sep=r"\s+" if self._format.delimiter == " " else self._format.delimiter,
            decimal=self._format.decimal,
            header=None,
            names=range(width),
            dtype=dict.fromkeys([*labels, width - 1], object),
            index_col=False,
            na_values=words,
            keep_default_na=False,
            skip_blank_lines=False,
            skipinitialspace=True,
            chunksize=most_rows or max(1, min(CHUNK_ROWS, _CHUNK_CELLS // width)),
            low_memory=False,
            encoding="utf-8",
            on_bad_lines="error",
            **_EXACT,
        )

    def _numbers(self, column: Any, lines: np.ndarray, name: str) -> np.ndarray:
        """Returns a column as float64, and refuses its first cell that is not a number."""
        if column.dtype.kind in "fiu":
            values = column.to_numpy(np.float64)
        else:
            values = np.full(len(column), np.nan)
            for k, cell in enumerate(column.to_numpy(object)):
                text = cell.strip() if isinstance(cell, str) else "" if cell is None or cell != cell else str(cell)
                if text.lower() in _MISSING:
                    continue
                number = number_in(text, self._format.decimal)
                if number is None:
                    raise InputError(
                        f"{self.path}, line {lines[k]}, column {name!r}: expected a number; received "
                        f"{one_line(repr(text[:40]))}; mend the cell, or leave it empty if it is missing"
                    )
                values[k] = number
        return self.check_finite(name, values, lines)

    def _check_end(self, stream: TextStream, last: int) -> None:
        """Warns about the end of the file, when all of it has been read as rows up to the line `last`."""
        if last != stream.num_lines:
            warnings.warn(
                f"{self.path}: some quoted cells have line ends, so that {stream.num_lines} lines are "
                f"{last - self._format.header_line} rows; check that all quotes are closed",
                InputWarning,
                stacklevel=3,
            )
        if not stream.ends_with_line_end:
            warnings.warn(
                f"{self.path}: the last line has no line end, so that it may be cut off; check its last number, and "
                "add a line end",
                InputWarning,
                stacklevel=3,
            )

    def _refused(self, error: object) -> InputError:
        """Returns the error for rows that pandas cannot read, with the line in which the cells are too many."""
        expected = len(self.names)
        with TextStream(self.path) as stream:
            text = io.TextIOWrapper(io.BufferedReader(stream, 1 << 16), encoding="utf-8", newline="\n")
            try:
                reader = csv.reader(text, delimiter=self._format.delimiter, skipinitialspace=True)
                for row in reader:
                    while row and not row[-1].strip():
                        row.pop()
                    if reader.line_num > self._format.header_line and len(row) > expected:
                        return InputError(
                            f"{self.path}, line {reader.line_num}: expected {expected} cells, as in the header; "
                            f"received {len(row)}; mend the line"
                        )
            except csv.Error:
                pass
        return InputError(
            f"{self.path}: expected a table of {expected} columns; received lines that are not such rows: "
            f"{one_line(error)}; mend the lines"
        )


def _next_of(reader: Any) -> Any:
    """Returns the next rows; None at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pandas.errors.ParserWarning)  # else cells that are too many are ignored
        return next(reader, None)
