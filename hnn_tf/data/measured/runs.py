"""The runs in a table: the rows of each recording in their order, without rows that are there twice."""

import dataclasses
import os

import numpy as np

from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.tables.table import Table
from hnn_tf.input_error import InputError


@dataclasses.dataclass
class Run:
    """The rows of one recording.

    Attributes:
      name: The name of the recording.
      rows: The indices of its rows in the table, `[T]`, in the order of time.
      num_duplicates: The number of rows that were equal to the row before, and were dropped.
    """

    name: str
    rows: np.ndarray
    num_duplicates: int = 0


def runs_of(table: Table, schema: Schema) -> tuple[list[Run], int]:
    """Returns the runs of a table, and the number of runs that were dropped because they have a single row.

    Raises:
      InputError: If a time is missing, or times go backwards, or equal times have different values.
    """
    time = table.columns[str(schema.time)]
    missing = np.flatnonzero(~np.isfinite(time))
    if len(missing):
        raise InputError(
            f"{table.place(int(missing[0]))}, column {schema.time!r}: expected a time in every row; received a missing "
            "one; complete the times, or delete such rows"
        )
    runs = [_without_duplicates(run, table, schema) for run in _grouped(table, schema)]
    kept = [run for run in runs if len(run.rows) > 1]
    if not kept:
        raise InputError(
            f"{table.place(int(runs[0].rows[0]))}: expected recordings of several rows; received {len(runs)} of one "
            "row each; give the column that tells recordings apart as --recording=..., or leave it out"
        )
    return kept, len(runs) - len(kept)


def _grouped(table: Table, schema: Schema) -> list[Run]:
    """Returns the rows of each file and label, in the order in which they begin."""
    labels = np.zeros(len(table), int)
    texts: list[str] = [""]
    if schema.recording:
        column = np.asarray(table.labels[schema.recording]).astype(str)
        empty = np.flatnonzero(column == "")
        if len(empty):
            raise InputError(
                f"{table.place(int(empty[0]))}, column {schema.recording!r}: expected the recording of every row; "
                "received an empty cell; complete the column"
            )
        kinds, labels = np.unique(column, return_inverse=True)
        texts = kinds.tolist()
    keys = np.asarray(table.source, int) * len(texts) + labels
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    groups = sorted(np.split(order, starts[1:]), key=lambda rows: int(rows[0]))
    files = _file_names(table)
    own = [texts[int(labels[rows[0]])] for rows in groups]
    names: list[str] = []
    for rows, text in zip(groups, own, strict=True):
        file = files[int(table.source[rows[0]])]
        names.append(file if not schema.recording else text if own.count(text) == 1 else f"{file}: {text}")
    return [Run(name, rows) for name, rows in zip(names, groups, strict=True)]


def _file_names(table: Table) -> list[str]:
    """Returns the names of the files, with as many folders as are necessary to tell them apart."""
    names = [source.path.name for source in table.sources]
    if len(set(names)) == len(names):
        return names
    paths = [os.fspath(source.path) for source in table.sources]
    common = os.path.commonpath(paths) if len(set(paths)) > 1 else ""
    return [os.path.relpath(path, common) if common else path for path in paths]


def _without_duplicates(run: Run, table: Table, schema: Schema) -> Run:
    times = table.columns[str(schema.time)][run.rows]
    steps = np.diff(times)
    back = np.flatnonzero(steps < 0)
    if len(back):
        index = int(back[0])
        mend = "sort the rows by time"
        if not schema.recording:
            mend += ", or tell recordings apart by --recording=..., if another recording begins here"
        raise InputError(
            f"{table.place(int(run.rows[index + 1]))}, column {schema.time!r}: expected times that increase in "
            f"recording {run.name!r}; received {times[index + 1]:.9g} after {times[index]:.9g}; {mend}"
        )
    same = np.flatnonzero(steps == 0)
    if not len(same):
        return run
    for name in schema.number_columns():
        values = table.columns[name][run.rows]
        before_, after_ = values[same], values[same + 1]
        different = np.flatnonzero((before_ != after_) & ~(np.isnan(before_) & np.isnan(after_)))
        if len(different):
            row = int(same[different[0]])
            raise InputError(
                f"{table.place(int(run.rows[row + 1]))}, column {name!r}: expected one value at the time "
                f"{times[row]:.9g}; received {before_[different[0]]:.6g} and {after_[different[0]]:.6g}; give the "
                "times with more digits, or delete one of the rows"
            )
    return dataclasses.replace(run, rows=np.delete(run.rows, same + 1), num_duplicates=len(same))
