"""Checkpoints that survive a kill at any moment: one NumPy archive a model, replaced as a whole."""

import os
import pathlib
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from hnn_tf.atomic_file import atomic_file
from hnn_tf.input_error import InputError


def save(path: pathlib.Path, arrays: Mapping[str, Any]) -> None:
    """Replaces the checkpoint `path` (`.npz`) by these arrays."""
    os.makedirs(path.parent, exist_ok=True)
    with atomic_file(path) as temporary:
        np.savez(temporary, **arrays)


def load(path: pathlib.Path) -> dict[str, np.ndarray] | None:
    """The arrays of the checkpoint, or None if there is none.

    Raises:
      InputError: If the file can't be read as one.
    """
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            return dict(archive)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path}: expected a checkpoint of this run; it can't be read ({error}); delete it to train anew"
        ) from error
