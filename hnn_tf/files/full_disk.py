"""Errors of a full disk, which are distinguished from other failed writes because they need a different repair."""

import errno
import os

ERRNOS = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
"""The errors for no space on the disk, no space for this user, or no space for so large a file."""


def raise_if_full(error: Exception, path: str | os.PathLike) -> None:
    """Raises an OSError that names `path` if `error` says that the disk is full, and otherwise does nothing.

    An error of TensorFlow has this information only in its text, so the text is also searched.

    Raises:
      OSError: If the disk is full. Its `errno` is one of `ERRNOS`.
    """
    for number in ERRNOS:
        if getattr(error, "errno", None) == number or os.strerror(number) in str(error):
            raise OSError(number, os.strerror(number), str(path)) from error
