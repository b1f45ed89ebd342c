"""A fingerprint that distinguishes sets of samples."""

import hashlib

import numpy as np

from hnn_tf.typing import Samples


def fingerprint(samples: Samples) -> str:
    """Returns the SHA-256 (hexadecimal) of the columns: their names, types, shapes and numbers, in any order.

    Args:
      samples: Arrays by name.
    """
    digest = hashlib.sha256()
    for name in sorted(samples):
        column = np.ascontiguousarray(samples[name])
        little_endian = column.astype(column.dtype.newbyteorder("<"), copy=False)
        digest.update(f"{name} {column.dtype.name} {column.shape}\n".encode())
        digest.update(little_endian.reshape(-1).view(np.uint8).data)  # no copy, because there may be gigabytes
    return digest.hexdigest()
