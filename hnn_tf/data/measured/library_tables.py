"""Tables from data frames and xarray datasets."""

import hashlib
import pathlib
from typing import Any

import numpy as np

from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.recording import numbers
from hnn_tf.data.tables.labels import as_labels
from hnn_tf.data.tables.table import Source, Table
from hnn_tf.data.tables.table_file import shown_names
from hnn_tf.input_error import InputError

NAME = "table"
"""The name of such tables in messages."""


def table_of_columns(columns: Any, schema: Schema) -> Table:
    """Returns the table of a data frame, or of a mapping from names to columns `[N]`.

    Args:
      columns: The columns by name, as `columns[name]`. Times may be dates, which become seconds since the first.
      schema: The roles of the columns.

    Raises:
      InputError: If a column is not there, is not of numbers, or has another length.
    """
    used = [*schema.number_columns(), *([schema.recording] if schema.recording else [])]
    for name in used:
        if name not in columns:
            raise InputError(
                f"{NAME}: expected the column {name!r}; received {shown_names([str(each) for each in columns])}"
            )
    values = {name: _column(columns[name], name, is_time=name == schema.time) for name in schema.number_columns()}
    labels = {schema.recording: as_labels(np.asarray(columns[schema.recording]))} if schema.recording else {}
    count = len(values[str(schema.time)])
    digest = hashlib.sha256()
    for name, column in {**values, **labels}.items():
        if column.shape != (count,):
            raise InputError(f"{NAME}, column {name!r}: expected {count} values; received shape {column.shape}")
        text = column.tobytes() if column.dtype != object else "\n".join(column.tolist()).encode()
        digest.update(name.encode() + b"\n" + text)
    source = Source(pathlib.Path(NAME), count, digest.hexdigest(), "index")
    return Table(values, labels, (source,), np.zeros(count, int), np.arange(count))


def is_date(values: Any) -> bool:
    """Returns whether a column is of dates or of time differences."""
    return np.asarray(values).dtype.kind in "mM"


def columns_of_dataset(dataset: Any, schema: Schema) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Returns the columns of an xarray dataset, and the units in the attributes of its variables.

    Args:
      dataset: The dataset. The variables have the dimension of the time and, if `schema.recording` is given, the
        dimension of this name. A variable without one of both is repeated along it. Readings at the end of a recording
        of which no position is there are left out.
      schema: The roles of the variables.

    Raises:
      InputError: If a variable is not there, or has another dimension.
    """
    for name in schema.number_columns():
        if name not in dataset:
            known = [str(each) for each in dataset.variables]
            raise InputError(f"dataset: expected the variable {name!r}; received {shown_names(known)}")
    recording = schema.recording
    of_time = [each for each in dataset[schema.time].dims if each != recording]
    if len(of_time) != 1 or (recording and recording not in dataset.dims):
        raise InputError(
            f"dataset: expected one dimension of {schema.time!r}"
            f"{f' and the dimension {recording!r}' if recording else ''}; received {tuple(dataset.dims)}"
        )
    dims = (recording, of_time[0]) if recording else (of_time[0],)
    shape = tuple(dataset.sizes[dim] for dim in dims)
    columns, units = {}, {}
    for name in schema.number_columns():
        variable = dataset[name]
        other = [dim for dim in variable.dims if dim not in dims]
        if other:
            raise InputError(
                f"dataset: expected {name!r} along {' and '.join(map(repr, dims))}; received also {other[0]!r}; select "
                "one of its places, or give the dimension as recording=..."
            )
        ordered = variable.transpose(*(dim for dim in dims if dim in variable.dims))
        index = tuple(slice(None) if dim in variable.dims else np.newaxis for dim in dims)
        columns[name] = np.broadcast_to(ordered.values[index], shape).reshape(-1)
        if variable.attrs.get("units") and not is_date(columns[name]):
            units[name] = str(variable.attrs["units"])
    if recording:
        names = dataset[recording].values if recording in dataset.coords else np.arange(shape[0])
        columns[recording] = np.repeat(np.asarray(names), shape[1])
    known = np.any([np.isfinite(columns[name].astype(float)) for name in schema.positions], 0).reshape(-1, shape[-1])
    after = np.arange(shape[-1]) >= shape[-1] - np.argmax(known[:, ::-1], axis=-1)[:, None]
    kept = ~(after | ~known.any(-1, keepdims=True)).reshape(-1)
    return {name: column[kept] for name, column in columns.items()}, units


def _column(values: Any, name: str, *, is_time: bool) -> np.ndarray:
    if is_time and is_date(values):
        dates = np.asarray(values)
        since = dates - dates.min() if dates.dtype.kind == "M" else dates
        seconds = since / np.timedelta64(1, "s")
        return np.where(np.isnat(dates), np.nan, seconds)
    found = numbers(values, f"column {name!r}")
    infinite = np.flatnonzero(np.isinf(found))
    if len(infinite):
        raise InputError(
            f"{NAME}, index {infinite[0]}, column {name!r}: expected a finite number; received infinity; give NaN for "
            "a missing number"
        )
    return found
