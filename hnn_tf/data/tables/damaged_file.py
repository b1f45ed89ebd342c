"""One-line errors in the place of the many errors that libraries raise for damaged files."""

import contextlib
import lzma
import pathlib
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator

from hnn_tf.input_error import InputError, one_line

_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""The errors that NumPy, zipfile, h5py and pyarrow raise for damaged files. They do not promise fewer."""


@contextlib.contextmanager
def refused_if_damaged(path: pathlib.Path, expected: str) -> Iterator[None]:
    """Runs calls of a library, and turns its errors for a damaged file into one line.

    Args:
      path: The file.
      expected: What the file should be, for the message.

    Raises:
      InputError: In the place of the library's error, with the file.
    """
    try:
        yield
    except InputError:
        raise
    except _ERRORS as error:
        received = one_line(error) or type(error).__name__
        raise InputError(f"{path}: expected {expected}; received: {received}; save the table again") from error
