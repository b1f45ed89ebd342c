"""Errors of a full disk, which are distinguished from other failed writes because they need a different repair."""

import errno
import os

ERRNOS = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
"""The errors for no space on the disk, no space for this user, or no space for so large a file."""


def raise_if_full(error: Exception, path: str | os.PathLike) -> None:
    """Raises an OSError that names `path` if `error` says that the disk is full, and otherwise does nothing.

    TensorFlow's own errors say so only in their text.

    Raises:
      OSError: With one of `ERRNOS`.
    """
    for number in ERRNOS:
        if getattr(error, "errno", None) == number or os.strerror(number) in str(error):
            raise OSError(number, os.strerror(number), str(path)) from error
