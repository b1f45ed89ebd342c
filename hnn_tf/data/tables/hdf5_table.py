"""Tables in HDF5 files."""

import math
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

import h5py

from hnn_tf.data.tables.array_table import ArrayTable
from hnn_tf.data.tables.damaged_file import refused_if_damaged
from hnn_tf.data.tables.hdf5_text import hdf5_texts
from hnn_tf.data.tables.table_file import Chunk
from hnn_tf.data.tables.unpacked_size import check_unpacked_size

_EXPECTED = "a sound HDF5 file"


class Hdf5Table(ArrayTable):
    """A table in an HDF5 file, whose datasets are the columns. A dataset in a group has the name `group/name`.

    Soft links, links to other files, and datasets whose numbers are in other files are not followed.

    Raises:
      InputError: If the file is not HDF5, or is damaged.
    """

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        self._texts: set[str] = set()
        with refused_if_damaged(path, _EXPECTED), h5py.File(path, "r") as file:
            self._look_into(file, "", set())

    def chunks(self, numbers: Sequence[str], labels: Sequence[str] = ()) -> Iterator[Chunk]:
        """Yields the rows; see `TableFile.chunks`."""
        count, layout = self._checked(numbers, labels)
        with refused_if_damaged(self.path, _EXPECTED), h5py.File(self.path, "r") as file:
            arrays = {array: file[array] for array in sorted({array for array, _ in layout.values()})}
            for array in arrays.values():
                # A damaged or hostile file may declare a shape for which it has no numbers.
                stored = array.id.get_storage_size()
                check_unpacked_size(self.path, stored, math.prod(array.shape) * array.dtype.itemsize)
                check_unpacked_size(self.path, stored, math.prod(array.chunks or ()) * array.dtype.itemsize)
            # A text is read whole, because each part would need a process of its own.
            arrays |= {name: hdf5_texts(self.path, name, arrays[name].shape) for name in self._texts & arrays.keys()}
            yield from self._chunks_of(arrays, numbers, labels, count, layout)

    def _is_label(self, array: str) -> bool:
        return array in self._texts or super()._is_label(array)

    def _look_into(self, group: Any, before: str, seen: set[int]) -> None:
        """Adds the datasets of a group that was not seen before, because a group may be in itself."""
        address = h5py.h5o.get_info(group.id).addr
        if address in seen:
            return
        seen.add(address)
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                self._unfit[before + name] = "a link, which is not followed"
                continue
            item = group[name]
            if isinstance(item, h5py.Group):
                self._look_into(item, f"{before}{name}/", seen)
            elif isinstance(item, h5py.Dataset):
                if item.is_virtual or item.external:
                    self._unfit[before + name] = "a dataset whose numbers are in other files"
                    continue
                text = h5py.check_string_dtype(item.dtype)
                if text is not None and text.length is None:
                    self._texts.add(before + name)
                self._add(before + name, item.shape or (), item.dtype)
