"""Rows that are in two recordings: they would be in the training and in the test."""

import numpy as np

from hnn_tf.data.measured.runs import Run
from hnn_tf.data.tables.table import Table
from hnn_tf.input_error import InputError

LEAST_ROWS = 5
"""The number of equal neighbouring rows that cannot be chance, if the values have many digits."""

LEAST_COARSE_ROWS = 40
"""The number for columns of few digits."""

_FEW_VALUES = 2000


def refuse_repeated_rows(table: Table, runs: list[Run], time: str, columns: tuple[str, ...]) -> None:
    """Refuses neighbouring rows that are equal, with equal time steps, in two recordings.

    Args:
      table: The table.
      runs: The runs.
      time: The column of the times.
      columns: The columns of what was measured.

    Raises:
      InputError: With both places.
    """
    if len(runs) < 2:
        return
    rows = np.concatenate([run.rows for run in runs])
    owner = np.repeat(np.arange(len(runs)), [len(run.rows) for run in runs])
    times = table.columns[time][rows]
    values = np.stack([table.columns[name][rows] for name in columns], -1)
    coarse = max(len(np.unique(values[:20000, k])) for k in range(len(columns))) < min(_FEW_VALUES, len(rows) // 2)
    length = LEAST_COARSE_ROWS if coarse else LEAST_ROWS
    if len(rows) < 2 * length:
        return
    steps = np.diff(times, append=times[-1])
    usual = np.median(np.abs(steps)) or 1.0
    with np.errstate(invalid="ignore"):
        rounded_steps = np.rint(np.clip(steps / usual, -1e6, 1e6) * 1e4).astype(np.int64).view(np.uint64)
    row_hash = np.zeros(len(rows), np.uint64)
    for k in range(len(columns)):
        column = np.where(np.isnan(values[:, k]), np.nan, values[:, k] + 0.0)  # one NaN, and no -0
        row_hash = _mixed(row_hash ^ column.view(np.uint64))
    count = len(rows) - length + 1
    window = np.zeros(count, np.uint64)
    varies = np.zeros(count, bool)
    changed = np.append((values[1:] != values[:-1]).any(-1), False)
    for j in range(length):
        window = _mixed(window ^ row_hash[j : j + count])
        if j < length - 1:
            window = _mixed(window ^ rounded_steps[j : j + count])
            varies |= changed[j : j + count]
    inside = owner[:count] == owner[length - 1 :]
    places = np.flatnonzero(inside & varies)
    order = places[np.argsort(window[places], kind="stable")]
    equal = (window[order[1:]] == window[order[:-1]]) & (owner[order[1:]] != owner[order[:-1]])
    found = np.flatnonzero(equal)
    if not len(found):
        return
    pairs = np.sort(np.stack([order[found], order[found + 1]], -1), -1)
    first, second = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))[0]]
    raise InputError(
        f"{table.place(int(rows[second]))}: expected different readings in recordings {runs[owner[first]].name!r} and "
        f"{runs[owner[second]].name!r}; received at least {length} rows that are equal to those at "
        f"{table.place(int(rows[first]))}; leave one of both out, because a test on known readings says nothing"
    )


def _mixed(values: np.ndarray) -> np.ndarray:
    """Returns the values with their bits mixed, as in splitmix64."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
