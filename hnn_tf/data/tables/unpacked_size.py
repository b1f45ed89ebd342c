"""A bound on what a compressed file may unpack to, so that a small file cannot fill the memory."""

import pathlib

from hnn_tf.input_error import InputError

FREE_BYTES = 10**8
"""The bytes that may be unpacked whatever their compression."""

MOST_RATIO = 200
"""The largest allowed ratio of unpacked to packed bytes. Tables of readings are compressed 3 to 20 times."""


def check_unpacked_size(path: pathlib.Path, packed: int, unpacked: int) -> None:
    """Refuses a file that unpacks to far more bytes than tables of readings do.

    Args:
      path: The file.
      packed: The number of packed bytes.
      unpacked: The number of bytes to which they unpack.

    Raises:
      InputError: If there are too many unpacked bytes.
    """
    if unpacked > FREE_BYTES and unpacked > MOST_RATIO * packed:
        raise InputError(
            f"{path}: expected a table of readings; received {packed} bytes that unpack to {unpacked} bytes or more; "
            "give the file without compression, if it is a table"
        )
