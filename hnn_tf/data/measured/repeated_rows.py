"""Rows that are in two recordings: they would be in the training and in the test."""

import numpy as np

from hnn_tf.data.measured.runs import Run
from hnn_tf.data.tables.table import Table
from hnn_tf.input_error import InputError

LEAST_ROWS = 5
"""So many equal rows at the same time after the start are no chance, if the values have many digits."""

LEAST_SHIFTED_ROWS = 20
"""So many equal rows at other times are no chance, if the values have many digits."""

LEAST_COARSE_ROWS = 40
"""So many equal rows at the same time after the start are no chance, if the values have few digits."""

_FEW_VALUES = 2000


def refuse_repeated_rows(table: Table, runs: list[Run], time: str, columns: tuple[str, ...]) -> None:
    """Refuses neighbouring rows that are in two recordings, at equal steps of time, and are not all equal.

    Two recordings of few digits that begin in the same way, or turn at the same place, have some equal rows by chance.

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
    starts = np.cumsum([0, *(len(run.rows) for run in runs)])
    owner = np.repeat(np.arange(len(runs)), np.diff(starts))
    times = table.columns[time][rows]
    values = np.stack([table.columns[name][rows] for name in columns], -1)
    steps = np.diff(times, append=times[-1])
    usual = float(np.median(np.abs(steps))) or 1.0
    since = _rounded((times - times[starts[owner]]) / usual)
    num_kinds = max(len(np.unique(column[:: max(1, len(rows) // 20_000)])) for column in values.T)
    coarse = num_kinds < min(_FEW_VALUES, len(rows) // 2)
    searches = (
        [(LEAST_COARSE_ROWS, since)] if coarse else [(LEAST_ROWS, since), (LEAST_SHIFTED_ROWS, _rounded(steps / usual))]
    )
    for length, of_time in searches:
        found = _first_pair(owner, values, of_time, length)
        if found:
            first, second = found
            raise InputError(
                f"{table.place(int(rows[second]))}: expected different readings in recordings "
                f"{runs[owner[first]].name!r} and {runs[owner[second]].name!r}; received at least {length} rows that "
                f"are equal to those at {table.place(int(rows[first]))}; leave one of both out, because a test on "
                "readings of the training says nothing"
            )


def _first_pair(owner: np.ndarray, values: np.ndarray, of_time: np.ndarray, length: int) -> tuple[int, int] | None:
    """Returns where the first two equal stretches of different recordings begin; None if there are none.

    Args:
      owner: The recording of each row, `[N]`.
      values: `[N, k]`.
      of_time: What must also be equal, `[N]`; the last of a stretch does not count.
      length: The number of rows in a stretch.
    """
    count = len(owner) - length + 1
    if count < 2:
        return None
    row_hash = np.zeros(len(owner), np.uint64)
    for column in values.T:
        plain = np.where(np.isnan(column), np.nan, column + 0.0)  # one NaN, and no -0
        row_hash = _mixed(row_hash ^ plain.view(np.uint64))
    changed = np.append((values[1:] != values[:-1]).any(-1), False)
    window, varies = np.zeros(count, np.uint64), np.zeros(count, bool)
    for j in range(length):
        window = _mixed(window ^ row_hash[j : j + count])
        if j < length - 1:
            window = _mixed(window ^ of_time[j : j + count])
            varies |= changed[j : j + count]
    places = np.flatnonzero((owner[:count] == owner[length - 1 :]) & varies)
    order = places[np.argsort(window[places], kind="stable")]
    equal = (window[order[1:]] == window[order[:-1]]) & (owner[order[1:]] != owner[order[:-1]])
    found = np.flatnonzero(equal)
    if not len(found):
        return None
    pairs = np.sort(np.stack([order[found], order[found + 1]], -1), -1)
    first, second = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))[0]]
    return int(first), int(second)


def _rounded(steps: np.ndarray) -> np.ndarray:
    """Returns times in steps as integers, so that the rounding of large times makes no difference."""
    return np.rint(np.clip(steps * 1e3, -1e15, 1e15)).astype(np.int64).view(np.uint64)


def _mixed(values: np.ndarray) -> np.ndarray:
    """Returns the values with their bits mixed, as in splitmix64."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
