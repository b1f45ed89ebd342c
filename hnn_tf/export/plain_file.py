"""Files that come from outside: plain ones of bounded size. A pipe or a device would be waited for without end."""

import contextlib
import io
import os
import pathlib
import stat
from collections.abc import Iterator

from hnn_tf.input_error import InputError

MOST_BYTES = 4 * 2**30
"""Of any file: no model that this package makes is a hundredth of it."""

_MOST_ENTRIES = 10_000


@contextlib.contextmanager
def opened(path: str | os.PathLike, most_bytes: int = MOST_BYTES) -> Iterator[io.BufferedReader]:
    """Yields a plain file, open for reading.

    Raises:
      FileNotFoundError: If there is no such file.
      InputError: If it isn't a plain file, or a link to one; has more bytes; or can't be read.
    """
    path = pathlib.Path(path)
    try:
        # A pipe that nobody writes to would hold up the opening itself.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            _check(path, os.fstat(file.fileno()), most_bytes)
            yield file
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(
            f"{path}: expected a file that can be read; received: {error.strerror}; copy it anew"
        ) from error


def read(path: str | os.PathLike, most_bytes: int = MOST_BYTES) -> bytes:
    """The content of a plain file.

    Raises:
      FileNotFoundError: If there is no such file.
      InputError: If it isn't a plain file, or a link to one; has more bytes; or can't be read.
    """
    with opened(path, most_bytes) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:  # of a file that says it is empty, as the kernel's do
        raise InputError(_too_large(path, most_bytes))
    return content


def check_folder(folder: pathlib.Path) -> None:
    """Checks, before others read in it, that a folder has nothing but plain files of bounded size, and such folders.

    Raises:
      InputError: If there is anything else in it, or it can't be read.
    """
    entries = 0
    try:
        for parent, folders, names in os.walk(folder, onerror=_raise, followlinks=True):
            entries += len(folders) + len(names)
            if entries > _MOST_ENTRIES:  # or links that lead back
                raise InputError(f"{folder}: expected at most {_MOST_ENTRIES} files; copy the version alone, anew")
            for path in (pathlib.Path(parent, name) for name in names):
                with contextlib.suppress(FileNotFoundError):  # a link to nowhere
                    _check(path, os.stat(path), MOST_BYTES)
    except OSError as error:
        raise InputError(f"{error.filename}: can't be read ({error.strerror}); copy it anew") from error


def _check(path: pathlib.Path, status: os.stat_result, most_bytes: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        found = "a pipe" if stat.S_ISFIFO(status.st_mode) else "a device or a socket"
        raise InputError(f"{path}: expected a plain file; it is {found}; remove it, or copy the file anew")
    if status.st_size > most_bytes:
        raise InputError(_too_large(path, most_bytes))


def _too_large(path: str | os.PathLike, most_bytes: int) -> str:
    return f"{path}: expected a file of at most {most_bytes / 2**20:g} MiB; it is larger; make it anew"


def _raise(error: OSError) -> None:
    raise error
