"""A fit of a table in memory, as the trainer of own data fits it."""

import pathlib
from typing import Any

import numpy as np

from hnn_tf.data.measured import Schema, prepared
from hnn_tf.data.tables.table import Source, Table
from hnn_tf.own_data import MeasuredFit, fit_measurements


def fitted(
    columns: dict[str, np.ndarray], schema: Schema, *, labels: np.ndarray | None = None, **options: Any
) -> MeasuredFit:
    """Returns the fit of columns by name, with the budget "fast".

    Args:
      columns: The columns `[N]`.
      schema: The roles of the columns.
      labels: The labels of the recordings `[N]`, if there are several.
      **options: Other arguments of `fit_measurements`.
    """
    count = len(columns[str(schema.time)])
    named = {} if labels is None else {str(schema.recording): labels.astype(object)}
    source = Source(pathlib.Path("table.csv"), count, "", "line")
    table = Table(columns, named, (source,), np.zeros(count, int), np.arange(2, count + 2))
    return fit_measurements(prepared(table, schema).recordings, budget="fast", progress=False, **options)
