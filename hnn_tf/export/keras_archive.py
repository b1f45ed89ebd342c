"""Checks of the archive of a .keras file, before Keras unpacks it and builds the described model."""

import math
import pathlib
import zipfile

import h5py

from hnn_tf.export import json_file, plain_file
from hnn_tf.input_error import InputError, one_line

_WEIGHTS = "model.weights.h5"
_MEMBERS = ("config.json", "metadata.json", _WEIGHTS)


def check(path: pathlib.Path) -> None:
    """Checks that a file is an archive as Keras writes it, in which nothing becomes larger than it is in the file.

    Raises:
      FileNotFoundError: If there is no such file.
      InputError: If the file is not a plain zip file; is larger than 4 GiB, or its JSON is larger than 16 MiB; has
        other members than Keras writes for a model, or compressed or encrypted members; or does not contain all its
        weights.
    """
    with plain_file.opened(path) as file:
        if path.suffix != ".keras" or not zipfile.is_zipfile(file):
            raise InputError(
                f"{path}: expected a .keras file; received another or a damaged file; give the model.keras of a run"
            )
        try:
            with zipfile.ZipFile(file) as archive:
                _check_members(archive)
                with archive.open(_WEIGHTS) as member, h5py.File(member, "r") as weights:
                    _check_weights(weights, archive.getinfo(_WEIGHTS).file_size)
        except Exception as error:  # zipfile and HDF5 raise errors of any class
            raise InputError(
                f"{path}: expected a .keras model of hnn_tf; the file can't be loaded: {one_line(error)}; save the "
                "model again"
            ) from error


def _check_members(archive: zipfile.ZipFile) -> None:
    members = {info.filename: info for info in archive.infolist()}
    if sorted(archive.namelist()) != sorted(_MEMBERS):
        raise ValueError(f"the archive holds {', '.join(archive.namelist())}; expected {', '.join(_MEMBERS)}")
    for name, info in members.items():
        if info.flag_bits & 1:
            raise ValueError(f"{name} is encrypted")
        # Keras stores its members uncompressed, so that a few bytes never become many.
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise ValueError(f"{name} is compressed, but Keras compresses nothing")
        if name != _WEIGHTS and info.file_size > json_file.MOST_BYTES:
            raise ValueError(f"{name} has {info.file_size} bytes; expected at most {json_file.MOST_BYTES}")


def _check_weights(weights: h5py.File, file_size: int) -> None:
    """Checks that all datasets are in this file and complete, as Keras writes them.

    In general, HDF5 datasets can be compressed, never written, or in other files.
    """
    declared = 0

    def visit(name: str, item: h5py.Group | h5py.Dataset) -> None:
        nonlocal declared
        if isinstance(item, h5py.Dataset):
            if item.external or item.is_virtual:
                raise ValueError(f"the weights {name} are in another file")
            declared += math.prod(item.shape) * item.dtype.itemsize
        elif any(not isinstance(item.get(key, getlink=True), h5py.HardLink) for key in item):
            raise ValueError(f"the weights {name} are a link")

    visit("/", weights)
    weights.visititems(visit)
    if declared > file_size:
        raise ValueError(f"the weights declare {declared} bytes, but the file has {file_size}")
