"""Tables in NumPy archives."""

import math
import pathlib
import warnings
import zipfile
from collections.abc import Iterator, Sequence

import numpy as np

from hnn_tf.data.tables.array_table import ArrayTable
from hnn_tf.data.tables.damaged_file import refused_if_damaged
from hnn_tf.data.tables.table_file import Chunk
from hnn_tf.data.tables.unpacked_size import check_unpacked_size
from hnn_tf.input_error import InputError

MOST_BYTES = 4 * 10**9
"""The largest number of bytes of the arrays of an archive, because arrays that are used are read as a whole."""

_EXPECTED = "a sound NPZ file of arrays without Python objects"


class NpzTable(ArrayTable):
    """A table in a NumPy archive (`.npz`). Nothing in the file is executed.

    Raises:
      InputError: If the file is not such an archive, or its arrays are too large for the memory.
    """

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        with refused_if_damaged(path, _EXPECTED), zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            if not members:
                raise InputError(
                    f"{path}: expected a zip file of NumPy arrays; received one without arrays; save the table as NPZ "
                    "or CSV"
                )
            size = sum(info.file_size for info in members)
            if size > MOST_BYTES:
                raise InputError(
                    f"{path}: expected arrays of at most {MOST_BYTES} bytes; received {size}; give HDF5 or Parquet, "
                    "which are read in parts"
                )
            check_unpacked_size(path, path.stat().st_size, size)
            for info in members:
                self._add_member(archive, info)

    def chunks(self, numbers: Sequence[str], labels: Sequence[str] = ()) -> Iterator[Chunk]:
        """Yields the rows; see `TableFile.chunks`."""
        count, layout = self._checked(numbers, labels)
        with refused_if_damaged(self.path, _EXPECTED), np.load(self.path, allow_pickle=False) as file:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of headers that Python 2 wrote
                arrays = {array: file[array] for array in sorted({array for array, _ in layout.values()})}
            for array, values in arrays.items():
                if len(values) != count or values.dtype != self._dtypes[array]:
                    raise InputError(f"{self.path}: expected {count} values of {array!r}; received {len(values)}")
        yield from self._chunks_of(arrays, numbers, labels, count, layout)

    def _add_member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        """Adds an array, of which only the header is read."""
        with archive.open(info) as member:
            version = np.lib.format.read_magic(member)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of headers that Python 2 wrote
                shape, _, dtype = read(member)
            size = info.file_size - member.tell()
        # NumPy would make room for any shape, and would not look at what is behind the array.
        if dtype.kind != "O" and math.prod(shape) * dtype.itemsize != size:
            raise InputError(
                f"{self.path}: expected a sound array {info.filename[:-4]!r}; received {size} bytes for the shape "
                f"{shape}; save the table again"
            )
        self._add(info.filename[:-4], shape, dtype)
