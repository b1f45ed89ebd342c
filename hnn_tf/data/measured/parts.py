"""The parts of runs: readings without gaps, with angles that are continuous."""

import dataclasses

import numpy as np

from hnn_tf.data.measured.period import period
from hnn_tf.data.measured.runs import Run
from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.measured.units import ColumnUnits
from hnn_tf.data.measured.unwrapped import is_wrapped, unwrapped
from hnn_tf.data.tables.table import Table
from hnn_tf.input_error import InputError

LEAST_READINGS = 8
"""The least number of readings of a part."""

GAP_INTERVALS = 20
"""A gap is longer than so many usual intervals, and longer than a period."""


@dataclasses.dataclass
class Part:
    """Neighbouring readings of a run, in the units of the recordings.

    Attributes:
      run: The index of the run.
      rows: The indices of the readings in the table, `[T]`.
      times: `[T]`.
      columns: The positions and the velocities or momenta by name, `[T]` each; NaN is a missing cell.
      outliers: The indices and the values of outliers by column. Outliers are missing in `columns`.
    """

    run: int
    rows: np.ndarray
    times: np.ndarray
    columns: dict[str, np.ndarray]
    outliers: dict[str, dict[int, float]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Cuts:
    """What was found while runs were cut, by run.

    Attributes:
      periods: The period of each position by name, or None.
      gaps: The beginning and the end of each gap.
      num_uncertain: The number of cuts at steps of an angle that are too large.
      num_short: The number of readings in parts that are too short.
      wrapped: The angles that were recorded within one turn.
    """

    periods: list[dict[str, float | None]]
    gaps: list[list[tuple[float, float]]]
    num_uncertain: list[int]
    num_short: list[int]
    wrapped: tuple[str, ...]


def parts_of(table: Table, schema: Schema, units: ColumnUnits, runs: list[Run]) -> tuple[list[Part], Cuts]:
    """Returns the parts of all runs, and what was found while they were cut.

    Raises:
      InputError: If no part is long enough.
    """
    time = str(schema.time)
    all_times = [table.columns[time][run.rows] for run in runs]
    values = [_state_columns(table, schema, units, run.rows) for run in runs]
    wrapped = tuple(name for name in schema.angles if is_wrapped([each[name] for each in values], units.turn(name)))
    cuts = Cuts([], [], [], [], wrapped)
    parts: list[Part] = []
    for index, (run, times, columns) in enumerate(zip(runs, all_times, values, strict=True)):
        uncertain: set[int] = set()
        for name in wrapped:
            columns[name], places = unwrapped(times, columns[name], units.turn(name))
            uncertain |= set(places.tolist())
        turn = {name: units.turn(name) if name in schema.angles else None for name in schema.positions}
        periods = {name: period(times, columns[name], turn=turn[name]) for name in schema.positions}
        steps = np.diff(times)
        longest = max((each for each in periods.values() if each is not None), default=0.0)
        after_gaps = np.flatnonzero(steps > max(GAP_INTERVALS * float(np.median(steps)), longest)) + 1
        edges = [0, *sorted(uncertain | set(after_gaps.tolist())), len(times)]
        short = 0
        for start, stop in zip(edges[:-1], edges[1:], strict=True):
            part = {name: column[start:stop] for name, column in columns.items()}
            if min(np.isfinite(part[name]).sum() for name in schema.positions) < LEAST_READINGS:
                short += stop - start
            else:
                parts.append(Part(index, run.rows[start:stop], times[start:stop], part))
        cuts.periods.append(periods)
        cuts.gaps.append([(float(times[i - 1]), float(times[i])) for i in after_gaps])
        cuts.num_uncertain.append(len(uncertain))
        cuts.num_short.append(short)
    if not parts:
        longest_run = max(runs, key=lambda run: len(run.rows))
        raise InputError(
            f"{table.place(int(longest_run.rows[0]))}: expected a recording of at least {LEAST_READINGS} neighbouring "
            f"readings of all positions; received {len(runs)} recordings, the longest of {len(longest_run.rows)} rows"
            f"{', cut at gaps' if any(cuts.gaps) else ''}; give longer recordings"
        )
    return parts, cuts


def _state_columns(table: Table, schema: Schema, units: ColumnUnits, rows: np.ndarray) -> dict[str, np.ndarray]:
    found = {name: table.columns[name][rows] for name in (*schema.positions, *schema.velocities, *schema.momenta)}
    for velocity, position in zip(schema.velocities, schema.positions, strict=False):  # there may be no velocities
        found[velocity] = found[velocity] * units.velocity_factor(velocity, position, str(schema.time))
    return found
