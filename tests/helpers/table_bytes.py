"""A small table with the columns t, x and run, as the bytes of each format."""

import gzip
import io

import h5py
import numpy as np
import pyarrow
from pyarrow import parquet

COUNT = 12
T = np.arange(COUNT) / 10
X = np.sin(T) * 3 - 1
X[4] = np.nan
RUN = np.array(["a", "b b"])[np.arange(COUNT) // 6]


def text(delimiter=",", decimal=".", line_end="\n"):
    """Returns the table as text, with quoted labels."""

    def cell(value):
        return "NaN" if value != value else repr(float(value)).replace(".", decimal)

    rows = [delimiter.join([cell(t), cell(x), f'"{run}"']) for t, x, run in zip(T, X, RUN, strict=True)]
    return line_end.join([delimiter.join(["t", "x", "run"]), *rows, ""]).encode()


def npz(save=np.savez):
    """Returns the table as a NumPy archive."""
    file = io.BytesIO()
    save(file, t=T, x=X, run=RUN)
    return file.getvalue()


def hdf5(**options):
    """Returns the table as HDF5."""
    file = io.BytesIO()
    with h5py.File(file, "w") as archive:
        archive.create_dataset("t", data=T, **options)
        archive.create_dataset("x", data=X, **options)
        archive.create_dataset("run", data=RUN.astype("S"))
        archive.create_group("group")["y"] = X
    return file.getvalue()


def parquet_file(**options):
    """Returns the table as Parquet."""
    file = io.BytesIO()
    parquet.write_table(pyarrow.table({"t": T, "x": X, "run": list(RUN)}), file, **options)
    return file.getvalue()


FORMATS = {
    "csv": text(),
    "crlf": text(line_end="\r\n"),
    "tsv": text("\t"),
    "semicolon": text(";", decimal=","),
    "gz": gzip.compress(text(), mtime=0),
    "npz": npz(),
    "npz_compressed": npz(np.savez_compressed),
    "hdf5": hdf5(),
    "hdf5_compressed": hdf5(chunks=(5,), compression="gzip", fletcher32=True),
    "parquet": parquet_file(),
    "parquet_plain": parquet_file(compression="none", use_dictionary=False),
}
"""The table in each format, by name."""
