"""A disk that is full: told from a place that can't be written, because another mend helps."""

import errno
import os

ERRNOS = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
"""No space is left, on the disk or for this user, or for so large a file."""


def raise_if_full(error: Exception, path: str | os.PathLike) -> None:
    """Raises an OSError that names `path`, if `error` says that its disk is full; else it does nothing.

    TensorFlow's own errors say it in their text alone.

    Raises:
      OSError: With one of `ERRNOS`.
    """
    for number in ERRNOS:
        if getattr(error, "errno", None) == number or os.strerror(number) in str(error):
            raise OSError(number, os.strerror(number), str(path)) from error
