"""Recordings from a table with one row per reading."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from hnn_tf.data.recording import Recording, numbers
from hnn_tf.input_error import InputError


@dataclasses.dataclass(frozen=True)
class Columns:
    """The names of a table's columns.

    Attributes:
      time: The column of the times.
      positions: The columns of the positions q.
      momenta: The columns of the momenta p, as many as positions.
      recording: The column that distinguishes the recordings; None if all rows are one recording.
      time_derivatives: The columns of dq/dt and dp/dt, if the table has them.
      inputs: The columns of the inputs that acted on the system, if there are any.
      parameters: The columns of the quantities that are constant in each recording, if there are any.
    """

    time: str
    positions: Sequence[str]
    momenta: Sequence[str]
    recording: str | None = None
    time_derivatives: Sequence[str] | None = None
    inputs: Sequence[str] | None = None
    parameters: Sequence[str] | None = None


def recordings_of(table: Any, columns: Columns) -> list[Recording]:
    """Returns the recordings of a table.

    The recordings have the order in which they begin in the table. The rows of a recording are sorted by time.

    Args:
      table: The columns by name, as `table[name]`.
      columns: The names of the columns.

    Raises:
      InputError: If the table lacks a column, there are not as many momenta as positions, or a parameter varies within
        a recording.
    """
    names = [*columns.positions, *columns.momenta]
    optional = (columns.time_derivatives, columns.inputs, columns.parameters)
    used = [columns.time, *names, *(name for chosen in optional for name in chosen or ())]
    missing = [name for name in [*used, *([columns.recording] if columns.recording else [])] if name not in table]
    if missing:
        raise InputError(f"table: expected the column {missing[0]!r}; received {', '.join(map(str, table))}")
    if len(columns.positions) != len(columns.momenta):
        raise InputError(
            f"momenta: expected one column for each of {list(columns.positions)}; received {list(columns.momenta)}"
        )
    values = {name: numbers(table[name], f"column {name!r}") for name in used}
    times = values[columns.time]
    labels = np.asarray(table[columns.recording]) if columns.recording else np.zeros(len(times), int)
    unnamed = [label for label in labels.tolist() if label is None or label != label]
    if unnamed:
        raise InputError(
            f"table: expected a value of {columns.recording!r} in each row; received {len(unnamed)} rows without value"
        )
    found = []
    for label in dict.fromkeys(labels.tolist()):
        rows = np.flatnonzero(labels == label)
        rows = rows[np.argsort(times[rows], kind="stable")]
        parts = [None if chosen is None else np.stack([values[n][rows] for n in chosen], -1) for chosen in optional]
        time_derivatives, inputs, parameters = parts
        if parameters is not None and np.any(parameters != parameters[0]):
            varying = np.array(columns.parameters)[np.any(parameters != parameters[0], 0)]
            raise InputError(f"{str(varying[0])!r}: expected one value in recording {label!r}; received several")
        found.append(
            Recording(
                times=times[rows],
                states=np.stack([values[name][rows] for name in names], -1),
                time_derivatives=time_derivatives,
                inputs=inputs,
                parameters=None if parameters is None else parameters[0],
            )
        )
    return found
