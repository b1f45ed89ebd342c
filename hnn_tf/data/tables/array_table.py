"""What tables in files of arrays have in common."""

import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hnn_tf.data.tables.labels import as_labels
from hnn_tf.data.tables.table_file import CHUNK_ROWS, Chunk, TableFile
from hnn_tf.input_error import InputError


class ArrayTable(TableFile):
    """A table whose columns are arrays of equal length.

    An array `[N]` is a column. An array `[N, k]` is the columns `name_1`, `name_2`, ... `name_k`, and an array
    `[N, 1]` the column `name`.

    A class that derives from this one calls `_add` for each array of its file.
    """

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        self._dtypes: dict[str, np.dtype] = {}
        self._lengths: dict[str, int] = {}
        self._layout: list[tuple[str, str, int | None]] = []
        self._unfit: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(name for name, _, _ in self._layout)

    def check_names(self, names: Sequence[str]) -> None:
        """Refuses names of columns that the file does not have; see `TableFile.check_names`."""
        for name in names:
            if name in self._unfit and name not in self.names:
                raise InputError(
                    f"{self.path}: expected the column {name!r} as an array [rows] or [rows, columns]; received "
                    f"{self._unfit[name]}; save each column as such an array"
                )
        super().check_names(names)

    def head(self, most_rows: int) -> dict[str, np.ndarray]:
        """Returns the first rows of the arrays that have the length of most arrays; see `TableFile.head`."""
        places = {name: array for name, array, _ in self._layout}
        fit = [name for name in self.clear_names() if self._is_number(places[name]) or self._is_label(places[name])]
        lengths = [self._lengths[places[name]] for name in fit]
        fit = [name for name in fit if self._lengths[places[name]] == max(lengths, key=lambda n: (lengths.count(n), n))]
        numbers = [name for name in fit if self._is_number(places[name])]
        labels = [name for name in fit if name not in numbers]
        chunk = next(self.chunks(numbers, labels)) if fit else None
        return {} if chunk is None else {name: chunk.columns[name][:most_rows] for name in fit}

    def _add(self, name: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
        """Adds an array of the file."""
        if len(shape) not in (1, 2) or dtype.names is not None:
            self._unfit[name] = f"an array of shape {shape}" if dtype.names is None else "an array of records"
            return
        self._dtypes[name], self._lengths[name] = dtype, shape[0]
        if len(shape) == 1 or shape[1] == 1:
            self._layout.append((name, name, None if len(shape) == 1 else 0))
        elif shape[1] > 1000:
            self._unfit[name] = f"an array of shape {shape}"
        else:
            self._layout += [(f"{name}_{k + 1}", name, k) for k in range(shape[1])]

    def _is_number(self, array: str) -> bool:
        return self._dtypes[array].kind in "fiub"

    def _is_label(self, array: str) -> bool:
        return self._dtypes[array].kind in "fiubSU"

    def _checked(self, numbers: Sequence[str], labels: Sequence[str]) -> tuple[int, dict[str, tuple[str, int | None]]]:
        """Returns the number of rows of the used columns, and the array and place of each.

        Raises:
          InputError: If a column is not there, or is no array of numbers or labels, or the lengths differ or are 0.
        """
        used = [*numbers, *labels]
        self.check_names(used)
        layout = {name: (array, place) for name, array, place in self._layout if name in used}
        for name in used:
            array = layout[name][0]
            if not (self._is_number(array) if name in numbers else self._is_label(array)):
                dtype, kinds = self._dtypes[array], "numbers" if name in numbers else "numbers or text"
                raise InputError(
                    f"{self.path}, column {name!r}: expected an array of {kinds}; "
                    f"received {'objects, which are never read' if dtype.kind == 'O' else dtype}; save the column as "
                    "float64"
                )
        lengths = {name: self._lengths[layout[name][0]] for name in used}
        if len(set(lengths.values())) > 1:
            other = next(name for name in used if lengths[name] != lengths[used[0]])
            raise InputError(
                f"{self.path}: expected arrays of equal length; received {lengths[used[0]]} values of {used[0]!r} and "
                f"{lengths[other]} of {other!r}; give arrays with a value for each reading"
            )
        return (lengths[used[0]] if used else 0), layout

    def _chunks_of(
        self, arrays: dict[str, Any], numbers: Sequence[str], labels: Sequence[str], count: int, layout: dict
    ) -> Iterator[Chunk]:
        """Yields the rows of arrays that can be sliced.

        Args:
          arrays: The arrays by their names.
          numbers: The names of the columns of numbers.
          labels: The names of the columns of labels.
          count: The number of rows.
          layout: For each column, its array and the place in it.
        """
        for first in range(0, count, CHUNK_ROWS):
            part = slice(first, min(count, first + CHUNK_ROWS))
            rows, columns = np.arange(part.start + 1, part.stop + 1), {}
            for name in [*numbers, *labels]:
                array, place = layout[name]
                values = np.asarray(arrays[array][part] if place is None else arrays[array][part, place])
                if name in labels:
                    columns[name] = as_labels(values)
                else:
                    columns[name] = self.check_finite(name, values.astype(np.float64), rows)
            yield Chunk(columns, rows)
