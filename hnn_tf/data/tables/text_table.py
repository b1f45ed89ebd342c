"""Tables in text files: CSV, TSV and the like, compressed by gzip or not. pandas reads the rows."""

import csv
import functools
import io
import pathlib
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas

from hnn_tf.data.tables.table_file import CHUNK_ROWS, Chunk, TableFile, as_labels
from hnn_tf.data.tables.text_format import TextFormat, cells, text_format
from hnn_tf.data.tables.text_stream import TextStream
from hnn_tf.input_error import InputError, InputWarning, one_line

_FIRST_LINES = 100
"""The lines in which the format is found."""

_MISSING = ("", "na", "n/a", "nan", "null", "none", "-", "--")
"""The words for a missing cell, in small letters."""


class TextTable(TableFile):
    """A table in a text file. The delimiter and the decimal mark are found in the first lines.

    An empty cell, and a word such as NaN or NA, is a missing cell.

    Raises:
      InputError: If the file has no header, or its first lines are not those of a table.
    """

    row_word = "line"

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        self._format  # noqa: B018 - a file that is no table is refused at once

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the header."""
        return self._format.names

    @functools.cached_property
    def _format(self) -> TextFormat:
        with TextStream(self.path) as stream:
            text = io.TextIOWrapper(io.BufferedReader(stream), encoding="utf-8", newline=None)
            lines = [line.rstrip("\n") for _, line in zip(range(_FIRST_LINES), text, strict=False)]
            complete = len(lines) == _FIRST_LINES
        # The last line may have been cut off in the middle.
        return text_format(lines if complete or len(lines) < 3 else lines, str(self.path))

    def chunks(self, numbers: Sequence[str], labels: Sequence[str] = ()) -> Iterator[Chunk]:
        """Yields the rows; see `TableFile.chunks`. The rows are numbered by their lines.

        Lines without any cell are left out.

        Warns:
          InputWarning: If the last line has no line end, so that it may have been cut off.
        """
        self.check_names([*numbers, *labels])
        used = [*numbers, *labels]
        places = [self.names.index(name) for name in used]
        with TextStream(self.path) as stream:
            first = self._format.header_line + 1
            try:
                for table in self._tables(stream, places, [self.names.index(name) for name in labels]):
                    rows = np.arange(first, first + len(table))
                    first += len(table)
                    blank = table.isna().all(axis=1).to_numpy()
                    kept, rows = table[~blank], rows[~blank]
                    columns = {name: self._numbers(kept[place], rows, name) for name, place in
                               zip(numbers, places, strict=False)}  # fmt: skip
                    columns |= {name: as_labels(kept[self.names.index(name)].to_numpy()) for name in labels}
                    yield Chunk(columns, rows)
            except (pandas.errors.ParserError, pandas.errors.ParserWarning, csv.Error) as error:
                raise stream.error or self._refused(error) from error
            except (UnicodeError, OverflowError, ValueError, OSError) as error:
                if stream.error or isinstance(error, InputError):
                    raise stream.error or error from error
                raise self._refused(error) from error
            if not stream.ends_with_line_end:
                warnings.warn(
                    f"{self.path}: the last line has no line end, so that it may be cut off; check its last number, and "
                    "add a line end",
                    InputWarning,
                    stacklevel=2,
                )

    def _tables(self, stream: TextStream, places: list[int], labels: list[int]) -> Iterator[Any]:
        options: dict[str, Any] = {
            "sep": r"\s+" if self._format.delimiter == " " else self._format.delimiter,
            "decimal": self._format.decimal,
            "skiprows": self._format.header_line,
            "header": None,
            "names": range(len(self.names)),
            "usecols": sorted(set(places)),
            "dtype": dict.fromkeys(labels, str),
            "index_col": False,
            "na_values": [*_MISSING, "NA", "N/A", "NaN", "NULL", "None", "Null"],
            "keep_default_na": False,
            "skip_blank_lines": False,
            "skipinitialspace": True,
            "chunksize": CHUNK_ROWS,
            "float_precision": "round_trip",
            "low_memory": False,
            "encoding": "utf-8",
            "on_bad_lines": "error",
        }
        with warnings.catch_warnings():
            warnings.simplefilter("error", pandas.errors.ParserWarning)
            with pandas.read_csv(io.BufferedReader(stream, 1 << 20), **options) as reader:
                yield from reader

    def _numbers(self, column: Any, rows: np.ndarray, name: str) -> np.ndarray:
        """Returns a column as float64, and refuses its first cell that is not a number."""
        if column.dtype.kind in "fiub":
            values = column.to_numpy(np.float64)
        else:
            values = pandas.to_numeric(column, errors="coerce").to_numpy(np.float64)
            wrong = np.isnan(values) & column.notna().to_numpy()
            if wrong.any():
                cell = str(column.to_numpy()[wrong.argmax()])
                if cell.strip().lower() not in _MISSING:
                    raise InputError(
                        f"{self.path}, line {rows[wrong.argmax()]}, column {name!r}: expected a number; received "
                        f"{one_line(cell[:40])!r}; mend the cell, or leave it empty if it is missing"
                    )
        infinite = np.isinf(values)
        if infinite.any():
            raise InputError(
                f"{self.path}, line {rows[infinite.argmax()]}, column {name!r}: expected a finite number; received "
                "infinity; mend the cell, or leave it empty if it is missing"
            )
        return values

    def _refused(self, error: Exception) -> InputError:
        """Returns the error for rows that pandas cannot read, with the line in which the cells are too many."""
        expected = len(self.names)
        with TextStream(self.path) as stream:
            text = io.TextIOWrapper(io.BufferedReader(stream), encoding="utf-8", newline=None)
            for number, line in enumerate(text, 1):
                count = len(cells(line.rstrip("\n"), self._format.delimiter)) if line.count('"') % 2 == 0 else 0
                if number > self._format.header_line and count > expected:
                    return InputError(
                        f"{self.path}, line {number}: expected {expected} cells, as in the header; received {count}; "
                        "mend the line"
                    )
        return InputError(
            f"{self.path}: expected a table of {expected} columns; received lines that are not such rows: "
            f"{one_line(error)}; mend the lines"
        )
