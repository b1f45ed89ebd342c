"""What tells one set of samples from another."""

import hashlib

import numpy as np

from hnn_tf.typing import Samples


def fingerprint(samples: Samples) -> str:
    """SHA-256 (hexadecimal) of the columns: their names, types, shapes and numbers, whatever their order.

    Args:
      samples: Arrays by name.
    """
    digest = hashlib.sha256()
    for name in sorted(samples):
        column = np.ascontiguousarray(samples[name])
        little_endian = column.astype(column.dtype.newbyteorder("<"), copy=False)
        digest.update(f"{name} {column.dtype.name} {column.shape}\n".encode())
        digest.update(little_endian.reshape(-1).view(np.uint8).data)  # no copy: there may be gigabytes
    return digest.hexdigest()
