"""Plain files of bounded size from outside. Reading a pipe or a device could wait forever."""

import contextlib
import io
import os
import pathlib
import stat
from collections.abc import Iterator

from hnn_tf.input_error import InputError

MOST_BYTES = 4 * 2**30
"""The largest allowed size of any file. The models of this package do not even have a hundredth of it."""

_MOST_ENTRIES = 10_000


@contextlib.contextmanager
def opened(path: str | os.PathLike, most_bytes: int = MOST_BYTES) -> Iterator[io.BufferedReader]:
    """Yields a plain file, open for reading.

    Raises:
      FileNotFoundError: If there is no such file.
      InputError: If the path is neither a plain file nor a link to one, or the file is larger or cannot be read.
    """
    path = pathlib.Path(path)
    try:
        # Opening a pipe without a writer would wait forever.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            _check(path, os.fstat(file.fileno()), most_bytes)
            yield file
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(
            f"{path}: expected a file that can be read; received: {error.strerror}; copy the file again"
        ) from error


def read(path: str | os.PathLike, most_bytes: int = MOST_BYTES) -> bytes:
    """Returns the content of a plain file.

    Raises:
      FileNotFoundError: If there is no such file.
      InputError: If the path is neither a plain file nor a link to one, or the file is larger or cannot be read.
    """
    with opened(path, most_bytes) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:  # a file may say that it is empty, as the kernel's files do
        raise InputError(_too_large(path, most_bytes))
    return content


def check_folder(folder: pathlib.Path) -> None:
    """Checks that a folder contains only plain files of bounded size and such folders, before other code reads it.

    Raises:
      InputError: If the folder contains anything else, or cannot be read.
    """
    entries = 0
    try:
        for parent, folders, names in os.walk(folder, onerror=_raise, followlinks=True):
            entries += len(folders) + len(names)
            if entries > _MOST_ENTRIES:  # links that lead back to a parent folder also give too many entries
                raise InputError(f"{folder}: expected at most {_MOST_ENTRIES} files; copy only the version's folder")
            for path in (pathlib.Path(parent, name) for name in names):
                with contextlib.suppress(FileNotFoundError):  # a link without a target
                    _check(path, os.stat(path), MOST_BYTES)
    except OSError as error:
        raise InputError(f"{error.filename}: can't be read ({error.strerror}); copy the file again") from error


def _check(path: pathlib.Path, status: os.stat_result, most_bytes: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        found = "a pipe" if stat.S_ISFIFO(status.st_mode) else "a device or a socket"
        raise InputError(f"{path}: expected a plain file; received {found}; remove this entry, or copy the file again")
    if status.st_size > most_bytes:
        raise InputError(_too_large(path, most_bytes))


def _too_large(path: str | os.PathLike, most_bytes: int) -> str:
    return (
        f"{path}: expected a file of at most {most_bytes / 2**20:g} MiB; received a larger file; write the file again"
    )


def _raise(error: OSError) -> None:
    raise error
