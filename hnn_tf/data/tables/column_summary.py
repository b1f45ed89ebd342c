"""What the columns of files hold, for a first look at them."""

import dataclasses
import os
from collections.abc import Sequence

import numpy as np
import pandas

from hnn_tf.data.tables.reading import open_table
from hnn_tf.data.tables.table_file import shown_names
from hnn_tf.input_error import InputError

MOST_ROWS = 100_000
"""The largest number of rows of a summary."""


@dataclasses.dataclass(frozen=True)
class ColumnSummary:
    """What the first rows of a column hold.

    Attributes:
      name: The name of the column.
      kind: "number" if all cells that are not missing are numbers, else "text".
      least: The least number; NaN for text, or if all cells are missing.
      largest: The largest number; NaN for text, or if all cells are missing.
      missing: The share of the cells that are missing, from 0 to 1.
      num_rows: The number of rows that were looked at.
      num_values: The number of different values.
      whole: Whether all are whole numbers.
      increasing: Whether each number is larger than the one before it in the same file, and none is missing.
    """

    name: str
    kind: str
    least: float
    largest: float
    missing: float
    num_rows: int
    num_values: int
    whole: bool
    increasing: bool


def summarised(paths: Sequence[str | os.PathLike[str]]) -> list[ColumnSummary]:
    """Returns summaries of the columns that all files have, from the first `MOST_ROWS` rows.

    Args:
      paths: The files. At least the names of the columns are read of each.

    Raises:
      InputError: If a file cannot be read, or no column is in all files.
    """
    tables = [open_table(path) for path in paths]
    names = [name for name in tables[0].clear_names() if all(name in table.names for table in tables)]
    if not names:
        raise InputError(
            f"{paths[0]}: expected columns that all files have; received {shown_names(tables[0].names)} in the first "
            "file, which are not in the others; give files of the same columns"
        )
    parts: list[dict[str, np.ndarray]] = []
    count = 0
    for table in tables:
        if count < MOST_ROWS:
            head = table.head(MOST_ROWS - count)
            parts.append(head)
            count += max(map(len, head.values()), default=0)
    return [_summary(name, [part[name] for part in parts]) for name in names if all(name in part for part in parts)]


def _summary(name: str, parts: list[np.ndarray]) -> ColumnSummary:
    if any(part.dtype.kind == "O" for part in parts):
        values = np.concatenate([part.astype(object) for part in parts])
        missing = (values == "") | pandas.isna(values)
        kind, least, largest, whole, increasing = "text", np.nan, np.nan, False, False
    else:
        values = np.concatenate(parts)
        missing = np.isnan(values)
        kind, numbers = "number", values[~missing]
        least, largest = (numbers.min(), numbers.max()) if numbers.size else (np.nan, np.nan)
        whole = bool(numbers.size) and bool((numbers == np.floor(numbers)).all())
        increasing = numbers.size > 1 and all(bool((np.diff(part) > 0).all()) for part in parts)
    return ColumnSummary(
        name=name,
        kind=kind,
        least=float(least),
        largest=float(largest),
        missing=float(missing.mean()) if missing.size else 1.0,
        num_rows=len(values),
        num_values=len(pandas.unique(values[~missing])),
        whole=whole,
        increasing=increasing,
    )
