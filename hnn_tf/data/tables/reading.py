"""Reads tables of measurements from files of any of the known formats."""

import glob
import hashlib
import os
import pathlib
import stat
from collections.abc import Sequence

import h5py

from hnn_tf.data.tables.hdf5_table import Hdf5Table
from hnn_tf.data.tables.kept_rows import KeptRows
from hnn_tf.data.tables.npz_table import NpzTable
from hnn_tf.data.tables.parquet_table import ParquetTable
from hnn_tf.data.tables.table import Source, Table
from hnn_tf.data.tables.table_file import TableFile
from hnn_tf.data.tables.text_table import TextTable
from hnn_tf.input_error import InputError, one_line

MOST_ROWS = 4_000_000
"""The rows that are in memory, if the caller does not say."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def open_table(path: str | os.PathLike[str]) -> TableFile:
    """Returns the table in a file, whose format is found from the first bytes: NPZ, HDF5, Parquet, else text.

    Args:
      path: The file.

    Raises:
      InputError: If there is no such file, it is not a regular file with content, or its content is not a table.
    """
    path = pathlib.Path(path)
    _check_regular(path)
    try:
        with open(path, "rb") as file:
            begin = file.read(8)
    except OSError as error:
        raise _unreadable(path, error) from error
    if begin.startswith(b"PK\x03\x04"):
        return NpzTable(path)
    if begin.startswith(b"PAR1"):
        return ParquetTable(path)
    if begin.startswith(b"\x89HDF") or h5py.is_hdf5(path):
        return Hdf5Table(path)
    if begin.startswith(_UTF_16):
        raise InputError(f"{path}: expected text in UTF-8; received text in UTF-16; save the table as UTF-8")
    return TextTable(path)


def matching_files(patterns: Sequence[str]) -> list[pathlib.Path]:
    """Returns the files of names and patterns such as `runs/*.csv`.

    Args:
      patterns: Names or patterns. A text may have several of them, with commas between them.

    Returns:
      The files, in the order of the patterns; those of one pattern are sorted by name.

    Raises:
      InputError: If no file has a name or matches a pattern, or a file is found twice.
    """
    found: list[pathlib.Path] = []
    for text in patterns:
        whole = os.path.exists(os.path.expanduser(text))  # a name may have a comma in it
        for pattern in [text] if whole else [each.strip() for each in text.split(",") if each.strip()]:
            found += _matches(os.path.expanduser(pattern))
    if not found:
        raise InputError(f"{', '.join(patterns) or 'no name'}: expected files; received none; give the name of a file")
    seen: dict[str, pathlib.Path] = {}
    for path in found:
        real = os.path.realpath(path)
        if real in seen:
            raise InputError(
                f"{path}: expected each file once; received it also as {seen[real]}; give names and patterns that do "
                "not overlap"
            )
        seen[real] = path
    return found


def read_table(
    paths: Sequence[str | os.PathLike[str]],
    numbers: Sequence[str],
    labels: Sequence[str] = (),
    most_rows: int = MOST_ROWS,
) -> Table:
    """Returns the rows of files, one after the other.

    If the files have more than `most_rows` rows, windows of neighbouring rows are left out evenly; see `KeptRows`.

    Args:
      paths: The files.
      numbers: The names of the columns of numbers.
      labels: The names of the columns of labels.
      most_rows: The largest number of rows in memory, at least 2.

    Raises:
      InputError: If a file cannot be read, a column is missing, a cell is not a number, or there is only one row.
    """
    kept, sources = KeptRows(max(2, most_rows)), []
    for index, path in enumerate(map(pathlib.Path, paths)):
        table, count = open_table(path), 0
        kept.begin_file()
        for chunk in table.chunks(list(dict.fromkeys(numbers)), list(dict.fromkeys(labels))):
            kept.add(chunk, index)
            count += len(chunk.rows)
        try:
            sources.append(Source(path, count, _sha256(path), table.row_word))
        except OSError as error:
            raise _unreadable(path, error) from error
    total = sum(source.num_rows for source in sources)
    if total < 2:
        raise InputError(
            f"{', '.join(str(path) for path in paths[:3])}: expected at least 2 rows; received {total}; give a table "
            "of readings"
        )
    return Table(
        columns={name: kept.column(name) for name in dict.fromkeys(numbers)},
        labels={name: kept.column(name) for name in dict.fromkeys(labels)},
        sources=tuple(sources),
        source=kept.sources(),
        row=kept.rows(),
    )


def _check_regular(path: pathlib.Path) -> None:
    """Refuses what is no file with content, without opening it: to open a pipe would wait for its writer."""
    try:
        found = os.stat(path)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if stat.S_ISDIR(found.st_mode):
        raise InputError(f"{path}: expected a file; received a folder; give its files, for example {path}/*.csv")
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"{path}: expected a file; received a pipe, a socket or a device; save the table as a file")
    if not found.st_size:
        raise InputError(f"{path}: expected a table; received an empty file; fetch the file again")


def _unreadable(path: pathlib.Path, error: Exception) -> InputError:
    problem = getattr(error, "strerror", None) or str(error)
    return InputError(
        f"{one_line(repr(str(path)))[1:-1]}: expected a file that can be read; received: {problem}; check its name and "
        "its permissions"
    )


def _matches(pattern: str) -> list[pathlib.Path]:
    if os.path.exists(pattern):
        return [pathlib.Path(pattern)]
    names = sorted(glob.glob(pattern, recursive=True)) if glob.has_magic(pattern) else []
    if not names:
        raise InputError(f"{pattern}: expected a file; received no file of this name; check the name")
    return [pathlib.Path(name) for name in names]


def _sha256(path: pathlib.Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
