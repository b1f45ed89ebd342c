"""Writing a file completely or not at all."""

import contextlib
import errno
import os
import pathlib
import secrets
from collections.abc import Iterator


@contextlib.contextmanager
def atomic_file(path: str | os.PathLike) -> Iterator[pathlib.Path]:
    """Yields a temporary file beside `path` to write to, and renames it to `path` when the block succeeds.

    The temporary file has the suffix of `path`, because writers determine formats by the suffix.

    A failure or a kill at any moment leaves `path` unchanged. A failure also removes the temporary file.

    Raises:
      OSError: If there is no such folder, or the file cannot be written; the error names `path`.
    """
    path = pathlib.Path(path)
    if not path.parent.is_dir():
        # The error names `path`, because the caller does not know the name of the temporary file.
        raise FileNotFoundError(errno.ENOENT, "no such folder for the file", str(path))
    # The name belongs only to this process, thread and machine.
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{secrets.randbelow(10**9):09}.tmp{path.suffix}")
    try:
        yield temporary
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
    except OSError as error:
        # A failed write, for example on a full disk, names no file, and the caller does not know the name of the
        # temporary file.
        if error.errno is not None and error.filename in (None, str(temporary)):
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        temporary.unlink(missing_ok=True)
