"""Tables in files of arrays: NumPy archives and HDF5."""

import pathlib
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import h5py
import numpy as np

from hnn_tf.data.tables.table_file import CHUNK_ROWS, Chunk, TableFile, as_labels, shown_names
from hnn_tf.input_error import InputError, one_line

MOST_BYTES = 2 * 10**9
"""The largest number of bytes of the arrays of an NPZ file, which are read as a whole."""


class ArrayTable(TableFile):
    """A table whose columns are arrays of equal length.

    An array `[N]` is a column. An array `[N, k]` is the columns `name_1`, `name_2`, ... `name_k`, and an array
    `[N, 1]` the column `name`.
    """

    _shapes: dict[str, tuple[int, ...]]

    def _layout(self) -> dict[str, tuple[str, int | None]]:
        """Returns the array, and the place in it, of each column."""
        found: dict[str, tuple[str, int | None]] = {}
        for name, shape in self._shapes.items():
            if len(shape) == 1:
                found[name] = (name, None)
            else:
                found |= {(f"{name}_{k + 1}" if shape[1] > 1 else name): (name, k) for k in range(shape[1])}
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self._layout())

    def _check_shapes(self, used: Sequence[str]) -> int:
        """Returns the number of rows of the used columns.

        Raises:
          InputError: If the used columns differ in length, or have none.
        """
        layout = self._layout()
        lengths = {name: self._shapes[layout[name][0]][0] for name in used}
        if len(set(lengths.values())) > 1:
            other = next(name for name in used if lengths[name] != lengths[used[0]])
            raise InputError(
                f"{self.path}: expected arrays of equal length; received {lengths[used[0]]} numbers of {used[0]!r} and "
                f"{lengths[other]} of {other!r}; give arrays with a number for each reading"
            )
        if not lengths[used[0]]:
            raise InputError(f"{self.path}: expected readings; received empty arrays; give a file with readings")
        return lengths[used[0]]

    def _refuse_text(self, name: str, dtype: np.dtype) -> InputError:
        kind = "Python objects, which are never read" if dtype.kind == "O" else f"{dtype}"
        return InputError(
            f"{self.path}, column {name!r}: expected an array of numbers; received {kind}; save the column as float64"
        )

    def _check_finite(self, name: str, values: np.ndarray, first: int) -> np.ndarray:
        infinite = np.isinf(values)
        if infinite.any():
            raise InputError(
                f"{self.path}, row {first + int(infinite.argmax())}, column {name!r}: expected a finite number; received "
                "infinity; give NaN for a missing number"
            )
        return values


class NpzTable(ArrayTable):
    """A table in a NumPy archive (`.npz`). Nothing in the file is executed.

    Raises:
      InputError: If the file is not such an archive, or its arrays are too large for the memory.
    """

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        with self._sound(), zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
            if size > MOST_BYTES:
                raise InputError(
                    f"{path}: expected arrays of at most {MOST_BYTES} bytes; received {size}; give HDF5 or Parquet, which "
                    "are read in parts"
                )
        self._shapes, self._dtypes = {}, {}
        with self._sound(), np.load(path, allow_pickle=False) as file:
            for name in file.files:
                with (
                    self._sound(),
                    file.zip.open(f"{name}.npy" if f"{name}.npy" in file.zip.namelist() else name) as member,
                ):
                    version = np.lib.format.read_magic(member)
                    read = (
                        np.lib.format.read_array_header_1_0
                        if version == (1, 0)
                        else np.lib.format.read_array_header_2_0
                    )
                    shape, _, dtype = read(member)
                if len(shape) in (1, 2) and dtype.names is None:
                    self._shapes[name], self._dtypes[name] = shape, dtype

    def chunks(self, numbers: Sequence[str], labels: Sequence[str] = ()) -> Iterator[Chunk]:
        """Yields all rows at once; see `TableFile.chunks`."""
        self.check_names([*numbers, *labels])
        count, layout = self._check_shapes([*numbers, *labels]), self._layout()
        columns = {}
        with self._sound(), np.load(self.path, allow_pickle=False) as file:
            for name in [*numbers, *labels]:
                array, place = layout[name]
                dtype = self._dtypes[array]
                if dtype.kind == "O" or (name in numbers and dtype.kind not in "fiub"):
                    raise self._refuse_text(name, dtype)
                values = file[array] if place is None else file[array][:, place]
                if len(values) != count:
                    raise InputError(f"{self.path}: expected {count} numbers of {name!r}; received {len(values)}")
                columns[name] = as_labels(values) if name in labels else values.astype(np.float64)
        for name in numbers:
            self._check_finite(name, columns[name], 1)
        yield Chunk(columns, np.arange(1, count + 1))

    def _sound(self) -> "_Sound":
        return _Sound(self.path, "an NPZ file of arrays without Python objects")


class Hdf5Table(ArrayTable):
    """A table in an HDF5 file, whose datasets are the columns. A dataset in a group has the name `group/name`.

    Links to other files are not followed.

    Raises:
      InputError: If the file is not HDF5, or is damaged.
    """

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        self._shapes, self._dtypes = {}, {}
        with self._sound(), h5py.File(path, "r") as file:
            self._look_into(file, "")

    def _look_into(self, group: Any, before: str) -> None:
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                continue
            item = group[name]
            if isinstance(item, h5py.Group):
                self._look_into(item, f"{before}{name}/")
            elif isinstance(item, h5py.Dataset) and item.ndim in (1, 2) and item.dtype.names is None:
                self._shapes[before + name], self._dtypes[before + name] = item.shape, item.dtype

    def chunks(self, numbers: Sequence[str], labels: Sequence[str] = ()) -> Iterator[Chunk]:
        """Yields the rows; see `TableFile.chunks`."""
        self.check_names([*numbers, *labels])
        count, layout = self._check_shapes([*numbers, *labels]), self._layout()
        for name in numbers:
            if self._dtypes[layout[name][0]].kind not in "fiub":
                raise self._refuse_text(name, self._dtypes[layout[name][0]])
        with self._sound(), h5py.File(self.path, "r") as file:
            for first in range(0, count, CHUNK_ROWS):
                part = slice(first, min(count, first + CHUNK_ROWS))
                columns = {}
                for name in [*numbers, *labels]:
                    array, place = layout[name]
                    values = file[array][part] if place is None else file[array][part, place]
                    if name in labels:
                        columns[name] = as_labels(values)
                    else:
                        columns[name] = self._check_finite(name, values.astype(np.float64), first + 1)
                yield Chunk(columns, np.arange(part.start + 1, part.stop + 1))

    def _sound(self) -> "_Sound":
        return _Sound(self.path, "a sound HDF5 file")


class _Sound:
    """Turns the errors of the libraries for damaged files into an `InputError` with the file."""

    def __init__(self, path: pathlib.Path, expected: str) -> None:
        self._path, self._expected = path, expected

    def __enter__(self) -> "_Sound":
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        known = (OSError, ValueError, EOFError, KeyError, RuntimeError, TypeError, SyntaxError, NotImplementedError)
        damaged = (*known, zipfile.BadZipFile, zlib.error, MemoryError, OverflowError, UnicodeError)
        if error is not None and isinstance(error, damaged) and not isinstance(error, InputError):
            raise InputError(
                f"{self._path}: expected {self._expected}; received: {one_line(error)}; save the table again"
            ) from error


def shown_columns(table: TableFile) -> str:
    """Returns the names of the columns of a table, for a message."""
    return shown_names(table.names)
