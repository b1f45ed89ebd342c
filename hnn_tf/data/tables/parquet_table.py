"""Tables in Parquet files, which pyarrow reads."""

import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hnn_tf.data.tables.table_file import CHUNK_ROWS, Chunk, TableFile, as_labels
from hnn_tf.input_error import InputError, one_line

try:
    import pyarrow
    from pyarrow import parquet
except ImportError:  # an optional package
    pyarrow, parquet = None, None  # type: ignore[assignment]


class ParquetTable(TableFile):
    """A table in a Parquet file.

    Raises:
      InputError: If pyarrow is not installed, or the file is not Parquet or is damaged.
    """

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        if parquet is None:
            raise InputError(f"{path}: Parquet files need the package pyarrow; pip install 'hnn_tf[parquet]'")
        try:
            with parquet.ParquetFile(path) as file:
                self._schema = file.schema_arrow
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            raise self._damaged(error) from error

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self._schema.names)

    def chunks(self, numbers: Sequence[str], labels: Sequence[str] = ()) -> Iterator[Chunk]:
        """Yields the rows; see `TableFile.chunks`."""
        self.check_names([*numbers, *labels])
        first = 1
        try:
            with parquet.ParquetFile(self.path) as file:
                for batch in file.iter_batches(CHUNK_ROWS, columns=[*numbers, *labels]):
                    columns = {name: self._values(name, batch.column(name), first) for name in numbers}
                    columns |= {name: as_labels(_plain(batch.column(name))) for name in labels}
                    yield Chunk(columns, np.arange(first, first + batch.num_rows))
                    first += batch.num_rows
        except (pyarrow.ArrowException, OSError) as error:
            raise self._damaged(error) from error

    def _values(self, name: str, column: Any, first: int) -> np.ndarray:
        kind = column.type
        if not (pyarrow.types.is_floating(kind) or pyarrow.types.is_integer(kind) or pyarrow.types.is_boolean(kind)):
            raise InputError(
                f"{self.path}, column {name!r}: expected a column of numbers; received {one_line(kind)}; save the column "
                "as float64"
            )
        values = column.cast(pyarrow.float64(), safe=False).to_numpy(zero_copy_only=False)
        infinite = np.isinf(values)
        if infinite.any():
            raise InputError(
                f"{self.path}, row {first + int(infinite.argmax())}, column {name!r}: expected a finite number; received "
                "infinity; leave the cell empty if it is missing"
            )
        return np.asarray(values, np.float64)

    def _damaged(self, error: Exception) -> InputError:
        return InputError(
            f"{self.path}: expected a sound Parquet file; received: {one_line(error)}; save the table again"
        )


def _plain(column: Any) -> np.ndarray:
    return np.array(column.to_pylist(), dtype=object)
