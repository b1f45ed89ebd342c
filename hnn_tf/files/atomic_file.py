"""Writing a file whole or not at all."""

import contextlib
import errno
import os
import pathlib
import secrets
from collections.abc import Iterator


@contextlib.contextmanager
def atomic_file(path: str | os.PathLike) -> Iterator[pathlib.Path]:
    """Yields a temporary sibling of `path` to write to; renames it into place when the block succeeds.

    The temporary has the suffix of `path`, by which writers tell formats.

    A failure or a kill at any moment leaves `path` as it was; a failure also removes the temporary.

    Raises:
      OSError: If there is no such folder, or it can't be written; it names `path`.
    """
    path = pathlib.Path(path)
    if not path.parent.is_dir():
        # Not the error of the temporary, whose name says nothing to the caller.
        raise FileNotFoundError(errno.ENOENT, "no such folder for the file", str(path))
    # Of this process, thread and machine alone.
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{secrets.randbelow(10**9):09}.tmp{path.suffix}")
    try:
        yield temporary
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
    except OSError as error:
        # A write that fails, as of a full disk, names no file; and the temporary's name says nothing to the caller.
        if error.errno is not None and error.filename in (None, str(temporary)):
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        temporary.unlink(missing_ok=True)
