"""A cache on disk for simulated data. A file's name depends on everything that the data depend on."""

import functools
import hashlib
import io
import json
import os
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy
import tensorflow as tf

from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.files.full_disk import raise_if_full
from hnn_tf.input_error import OptionError

Arrays = dict[str, np.ndarray]

_DIGEST_SIZE = 32


def cached_arrays(
    folder: str | os.PathLike | None, settings: Mapping[str, Any], make: Callable[[], Mapping[str, np.ndarray]]
) -> Arrays:
    """Reads arrays from the cache, or makes them and keeps them there.

    The file's name is a digest of the settings, of every source file of this package, and of the versions of NumPy,
    SciPy and TensorFlow. Arrays that other settings or other code made are therefore never returned. The file contains
    a digest, followed by a NumPy archive, which is read without pickle. If a file is damaged, the arrays are made
    again.

    Args:
      folder: The folder of the files, which is created if necessary. With None, the arrays are made and not kept.
      settings: Everything that `make` depends on besides the code of this package: numbers, strings, arrays (initial
        states, times), and lists of them.
      make: A function that returns the arrays by name.

    Returns:
      The arrays by name.

    Raises:
      OptionError: If the folder cannot be written.
      OSError: If its disk is full.
    """
    if folder is None:
        return dict(make())
    versions = [np.__version__, scipy.__version__, tf.__version__]
    key = json.dumps([settings, _code_digest(), versions], sort_keys=True, default=_described)
    path = pathlib.Path(folder) / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.arrays"
    kept = _read(path)
    if kept is not None:
        return kept
    arrays = dict(make())
    archive = io.BytesIO()
    np.savez(archive, **arrays)  # type: ignore[arg-type]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as temporary:
            temporary.write_bytes(hashlib.sha256(archive.getbuffer()).digest() + archive.getbuffer())
    except OSError as error:
        raise_if_full(error, path)
        raise OptionError(
            f"{{cache_dir}}: expected a folder that can be written; {error.strerror}; choose another",
            cache_dir=os.fspath(folder),
        ) from error
    return arrays


def _read(path: pathlib.Path) -> Arrays | None:
    try:
        content = memoryview(path.read_bytes())
    except OSError:
        return None
    digest, archive = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
    if digest != hashlib.sha256(archive).digest():
        return None
    with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
        return dict(arrays)


def _described(value: Any) -> Any:
    """Describes an array in the key of the cache."""
    array = np.asarray(value)
    return [str(array.dtype), array.shape, hashlib.sha256(array.tobytes()).hexdigest()]


@functools.cache
def _code_digest() -> str:
    sources = sorted(pathlib.Path(__file__).parent.parent.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
