"""Versions of a served folder, which are its subfolders with integer names."""

import os
import pathlib
import re

from hnn_tf.export import plain_file
from hnn_tf.input_error import InputError

LARGEST_VERSION = 2**63 - 1


def is_version(name: str) -> bool:
    """Returns whether a server takes a folder of the given name for a version."""
    return bool(re.fullmatch("[0-9]+", name)) and int(name) <= LARGEST_VERSION


def latest(path: str | os.PathLike) -> pathlib.Path:
    """Returns the folder of a version: `path` itself, or the latest version if `path` is a served folder.

    Raises:
      InputError: If there is no such folder, there is no version in it, or the version contains anything but plain
        files.
    """
    folder = _latest(pathlib.Path(path))
    plain_file.check_folder(folder)
    return folder


def _latest(path: pathlib.Path) -> pathlib.Path:
    if not path.is_dir():
        what = "a file" if path.exists() else "no such folder"
        raise InputError(f"{path}: {what}; give the folder of a version, as served/pendulum/1")
    if (path / "saved_model.pb").exists():
        return path
    found = _versions(path)
    if found:
        return path / max(found, key=int)
    if is_version(os.path.basename(os.path.abspath(path))):
        return path  # the code that reads the folder reports missing files
    mend = f"; give {path / 'saved_model'}" if (path / "saved_model").is_dir() else ""  # `path` is the folder of a run
    raise InputError(f"{path}: expected a SavedModel, or versions of one; received neither{mend}")


def move_into_place(temporary: pathlib.Path, folder: pathlib.Path, version: int | None) -> pathlib.Path:
    """Renames a folder to the given version of a served folder, or to its next free version, and returns the new path.

    Raises:
      InputError: If the version exists.
    """
    while True:
        refuse_existing(folder, version)
        chosen = folder / str(_next_version(folder) if version is None else version)
        try:
            # The renaming fails, as it should, if another export has taken the number meanwhile, because that folder is
            # not empty.
            os.rename(temporary, chosen)
        except OSError:
            if not os.path.lexists(chosen):
                raise
        else:
            return chosen


def _next_version(folder: pathlib.Path) -> int:
    return 1 + max(map(int, _versions(folder)), default=0)


def _versions(folder: pathlib.Path) -> list[str]:
    return [name for name in os.listdir(folder) if is_version(name)]


def refuse_existing(folder: pathlib.Path, version: int | None) -> None:
    """Does nothing if the given version of a served folder is free, or no version is given.

    Raises:
      InputError: If the version exists.
    """
    if version is not None and os.path.lexists(folder / str(version)):
        raise InputError(
            f"{folder / str(version)}: exists, and versions are never overwritten; "
            "choose another number, or none for the next free one"
        )
