"""Writes the different texts of an HDF5 dataset and their places; `hdf5_text.py` runs this file as a process."""

import json
import sys

import h5py
import numpy as np


def main() -> None:
    """Writes a line of JSON with the different texts, and then the index of the text of each row as int32."""
    path, name = sys.argv[1:]
    with h5py.File(path, "r") as file:
        texts = file[name].asstr(errors="replace")[()]
    kinds, places = np.unique(np.asarray(texts, dtype=object).ravel().astype(str), return_inverse=True)
    sys.stdout.buffer.write(json.dumps(kinds.tolist()).encode() + b"\n" + places.astype("<i4").tobytes())


if __name__ == "__main__":
    main()
