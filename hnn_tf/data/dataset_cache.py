"""Simulated data kept on disk, under a name that everything that made them is part of."""

import functools
import hashlib
import json
import os
import pathlib
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy
import tensorflow as tf

from hnn_tf.atomic_file import atomic_file
from hnn_tf.input_error import InputError

Arrays = dict[str, np.ndarray]


def cached_arrays(
    folder: str | os.PathLike | None, settings: Mapping[str, Any], make: Callable[[], Mapping[str, np.ndarray]]
) -> Arrays:
    """Reads arrays that were made before, or makes and keeps them.

    The file's name is a digest of the settings, of every source file of this package, and of the versions of NumPy,
    SciPy and TensorFlow: what another setting or another code made is never taken. A file that is damaged is made
    anew. It is a NumPy archive, read without pickle.

    Args:
      folder: Where the archives are; created if need be. None makes the arrays without keeping them.
      settings: All that `make` depends on besides the code: numbers, strings, and lists of them.
      make: Gives the arrays by name.

    Returns:
      The arrays by name.

    Raises:
      InputError: If the folder can't be written.
    """
    if folder is None:
        return dict(make())
    key = json.dumps([settings, _code_digest(), np.__version__, scipy.__version__, tf.__version__], sort_keys=True)
    path = pathlib.Path(folder) / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"
    kept = _read(path)
    if kept is not None:
        return kept
    arrays = dict(make())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as temporary:
            np.savez(temporary, **arrays)  # type: ignore[arg-type]
    except OSError as error:
        raise InputError(
            f"--cache_dir={folder}: expected a folder that can be written; {error.strerror}; choose another"
        ) from error
    return arrays


def _read(path: pathlib.Path) -> Arrays | None:
    try:
        # Opened here: of a damaged archive, NumPy leaves its own file open.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            return dict(archive)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile):
        return None


@functools.cache
def _code_digest() -> str:
    sources = sorted(pathlib.Path(__file__).parent.parent.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
