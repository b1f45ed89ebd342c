"""Tables in Parquet files, which pyarrow reads."""

import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hnn_tf.data.tables.damaged_file import refused_if_damaged
from hnn_tf.data.tables.labels import as_labels
from hnn_tf.data.tables.table_file import CHUNK_ROWS, Chunk, TableFile
from hnn_tf.data.tables.unpacked_size import check_unpacked_size
from hnn_tf.input_error import InputError, one_line

try:
    import pyarrow
    from pyarrow import parquet
except ImportError:  # an optional package
    pyarrow, parquet = None, None

_EXPECTED = "a sound Parquet file"


class ParquetTable(TableFile):
    """A table in a Parquet file.

    Raises:
      InputError: If pyarrow is not installed, or the file is not Parquet or is damaged.
    """

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        if parquet is None:
            raise InputError(f"{path}: Parquet files need the package pyarrow; pip install 'hnn_tf[parquet]'")
        with refused_if_damaged(path, _EXPECTED), parquet.ParquetFile(path) as file:
            self._schema, self._num_rows = file.schema_arrow, file.metadata.num_rows
            self._names = tuple(self._schema.names)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self._names

    def chunks(self, numbers: Sequence[str], labels: Sequence[str] = ()) -> Iterator[Chunk]:
        """Yields the rows; see `TableFile.chunks`."""
        self.check_names([*numbers, *labels])
        for name in numbers:
            if not self._is_number(name):
                raise InputError(
                    f"{self.path}, column {name!r}: expected a column of numbers; received "
                    f"{one_line(self._schema.field(name).type)}; save the column as float64"
                )
        used = [*numbers, *labels]
        check_unpacked_size(self.path, self.path.stat().st_size, 8 * len(used) * self._num_rows)
        first = 1
        with refused_if_damaged(self.path, _EXPECTED), parquet.ParquetFile(self.path) as file:
            for batch in file.iter_batches(CHUNK_ROWS, columns=used):
                rows = np.arange(first, first + batch.num_rows)
                columns = {name: self.check_finite(name, _numbers(batch.column(name)), rows) for name in numbers}
                columns |= {name: as_labels(_plain(batch.column(name))) for name in labels}
                yield Chunk(columns, rows)
                first += batch.num_rows

    def head(self, most_rows: int) -> dict[str, np.ndarray]:
        """Returns the first rows; see `TableFile.head`."""
        numbers = [name for name in self.clear_names() if self._is_number(name)]
        labels = [name for name in self.clear_names() if not self._is_number(name)]
        chunk = next(self.chunks(numbers, labels), None)
        return {} if chunk is None else {name: chunk.columns[name][:most_rows] for name in self.clear_names()}

    def _is_number(self, name: str) -> bool:
        kind, types = self._schema.field(name).type, pyarrow.types
        tests = (types.is_floating, types.is_integer, types.is_boolean, types.is_decimal, types.is_null)
        return any(is_kind(kind) for is_kind in tests)


def _numbers(column: Any) -> np.ndarray:
    if pyarrow.types.is_boolean(column.type):
        column = column.cast(pyarrow.uint8())
    return np.asarray(column.cast(pyarrow.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)


def _plain(column: Any) -> np.ndarray:
    values = np.empty(len(column), object)
    values[:] = column.to_pylist()
    return values
