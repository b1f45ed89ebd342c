"""Columns that are held from reading to reading: inputs, and parameters of a recording."""

import numpy as np

from hnn_tf.data.measured.runs import Run
from hnn_tf.data.tables.table import Table
from hnn_tf.input_error import InputError


def filled_inputs(table: Table, run: Run, names: tuple[str, ...], interpolation: str) -> tuple[np.ndarray, int]:
    """Returns the inputs of a run `[T, m]` without missing values, and the number of values that were missing.

    A missing value is the last value before or, if inputs are interpolated linearly, on the line between its
    neighbours. Before the first value, the inputs are the first value.

    Raises:
      InputError: If a run has no value of an input.
    """
    found, num_missing = [], 0
    for name in names:
        values = table.columns[name][run.rows]
        seen = np.flatnonzero(np.isfinite(values))
        if not len(seen):
            raise InputError(
                f"{table.place(int(run.rows[0]))}, column {name!r}: expected inputs in recording {run.name!r}; "
                "received no number; complete the column, or leave the input out"
            )
        num_missing += len(values) - len(seen)
        if len(seen) < len(values):
            places = np.arange(len(values))
            if interpolation == "linear":
                values = np.interp(places, seen, values[seen])
            else:
                values = values[seen[np.maximum(np.searchsorted(seen, places, side="right") - 1, 0)]]
        found.append(values)
    return np.stack(found, -1), num_missing


def parameters_of(table: Table, run: Run, names: tuple[str, ...]) -> np.ndarray:
    """Returns the parameters of a run `[k]`.

    Raises:
      InputError: If one is missing, or varies within the run.
    """
    found = []
    for name in names:
        values = table.columns[name][run.rows]
        missing = np.flatnonzero(~np.isfinite(values))
        if len(missing):
            raise InputError(
                f"{table.place(int(run.rows[missing[0]]))}, column {name!r}: expected the parameter in every row; "
                "received a missing value; complete the column"
            )
        other = np.flatnonzero(values != values[0])
        if len(other):
            raise InputError(
                f"{table.place(int(run.rows[other[0]]))}, column {name!r}: expected one value in recording "
                f"{run.name!r}; received {values[0]:.6g} and {values[other[0]]:.6g}; give what varies as an input, or "
                "tell the recordings apart by --recording=..."
            )
        found.append(values[0])
    return np.array(found)
