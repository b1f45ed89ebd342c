"""The folder in which an export is written before it is renamed."""

import contextlib
import os
import pathlib
import re
import shutil
import uuid
from collections.abc import Iterator

try:
    import fcntl
except ModuleNotFoundError:  # the operating system is not Unix
    _LOCKS = False
else:
    _LOCKS = True


@contextlib.contextmanager
def temporary_folder(parent: pathlib.Path, prefix: str = "tmp-") -> Iterator[pathlib.Path]:
    """Yields a new folder `<parent>/<prefix><32 hexadecimal digits>`, and removes it unless the block has renamed it.

    A killed process leaves its folder behind, and the next call with the same prefix removes it. A folder is locked
    while it is written. The kernel unlocks it when the process ends, so a folder that another process or thread is
    writing is never removed. If the file system or the operating system cannot lock folders, no folder is removed.

    Raises:
      OSError: If `parent` is not a folder, or cannot be written.
    """
    remove_abandoned(parent, prefix)
    path, descriptor = _locked_folder(parent, prefix)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


def _locked_folder(parent: pathlib.Path, prefix: str) -> tuple[pathlib.Path, int | None]:
    while True:
        path = parent / f"{prefix}{uuid.uuid4().hex}"
        path.mkdir()
        if not _LOCKS:
            return path, None
        try:
            descriptor = _open(path)
        except FileNotFoundError:  # another process removed the folder before it was locked
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # another process has locked the folder and will remove it
            os.close(descriptor)
            continue
        except OSError:  # this file system has no locks
            pass
        if path.exists():
            return path, descriptor
        os.close(descriptor)


def remove_abandoned(parent: pathlib.Path, prefix: str = "tmp-") -> None:
    """Removes the temporary folders in `parent` that no process is still writing."""
    for name in os.listdir(parent) if _LOCKS else ():
        if re.fullmatch(re.escape(prefix) + "[0-9a-f]{32}", name):
            # The folder may be locked by its writer, may be gone, or may not be a folder, and then it is not ours.
            with contextlib.suppress(OSError):
                descriptor = _open(parent / name)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(parent / name, ignore_errors=True)
                finally:
                    os.close(descriptor)


def _open(path: pathlib.Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
