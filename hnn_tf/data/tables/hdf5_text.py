"""Texts of any length in HDF5 files, which are read in a process of its own.

The HDF5 library never returns from some damaged lists of such texts, and a call into it cannot be interrupted.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np

from hnn_tf.input_error import InputError, one_line

SECONDS, ROWS_PER_SECOND = 60.0, 100_000
"""The time in which texts are read, and the rows for each of which there is one second more."""

_PROGRAM = pathlib.Path(__file__).with_name("hdf5_text_process.py")


def hdf5_texts(path: pathlib.Path, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the texts of a dataset.

    Args:
      path: The file.
      name: The dataset.
      shape: The shape of the dataset.

    Returns:
      The texts as objects, of the dataset's shape.

    Raises:
      InputError: If the texts cannot be read, or the HDF5 library does not return.
    """
    count = int(np.prod(shape))
    problem = "texts that the HDF5 library cannot read"
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(_PROGRAM), str(path), name],
            capture_output=True,
            check=False,
            timeout=SECONDS + count / ROWS_PER_SECOND,
        )
    except subprocess.TimeoutExpired:
        problem = "texts from which the HDF5 library does not return"
    else:
        if done.returncode == 0:
            line, _, places = done.stdout.partition(b"\n")
            kinds = np.array(json.loads(line), dtype=object)
            return kinds[np.frombuffer(places, "<i4").reshape(shape)]
        problem += f": {one_line(done.stderr.decode('utf-8', 'replace')[-150:])}"
    raise InputError(
        f"{path}, column {name!r}: expected readable texts; received {problem}; save the file again, with texts of a "
        "fixed length"
    )
