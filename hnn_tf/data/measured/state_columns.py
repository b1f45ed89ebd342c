"""The states of a part, in which numbers that were not observed have estimates in their places."""

import dataclasses

import numpy as np

from hnn_tf.data.measured.parts import LEAST_READINGS, Part
from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.measured.smooth_column import SmoothColumn, smooth_column
from hnn_tf.data.measured.units import ColumnUnits
from hnn_tf.data.tables.table import Table
from hnn_tf.input_error import InputError


@dataclasses.dataclass(frozen=True, eq=False)
class States:
    """The states of a part.

    Attributes:
      states: `[T, 2n]`.
      observed: True for the numbers that were observed, `[T, 2n]`.
      time_derivatives: `[T, 2n]`, if derivatives were measured.
    """

    states: np.ndarray
    observed: np.ndarray
    time_derivatives: np.ndarray | None


def states_of(table: Table, part: Part, schema: Schema, units: ColumnUnits, known: dict[str, SmoothColumn]) -> States:
    """Returns the states of a part.

    Args:
      table: The table.
      part: The part.
      schema: The roles of the columns.
      units: The units of the columns.
      known: Columns of this part that have been smoothed.

    Raises:
      InputError: If there are too few measured derivatives.
    """
    second = schema.velocities or schema.momenta
    smoothed = dict(known)

    def smooth(name: str) -> SmoothColumn:
        if name not in smoothed:
            smoothed[name] = smooth_column(part.times, part.columns[name])
        return smoothed[name]

    halves: list[list[np.ndarray]] = [[], []]
    for name in schema.positions:
        values = part.columns[name]
        seen = np.isfinite(values)
        halves[0].append(values if seen.all() else np.where(seen, values, smooth(name).values))
    for index, name in enumerate(schema.positions):
        if not second:
            halves[1].append(smooth(name).slopes)
            continue
        values = part.columns[second[index]]
        seen = np.isfinite(values)
        if not seen.all():
            if seen.sum() >= LEAST_READINGS:
                filling = smooth(second[index]).values
            else:
                filling = smooth(name).slopes if schema.velocities else np.full(len(values), _mean(values))
            values = np.where(seen, values, filling)
        halves[1].append(values)
    columns = [part.columns[name] for name in (*schema.positions, *second)]
    observed = np.isfinite(np.stack(columns, -1))
    if not second:
        observed = np.concatenate([observed, np.zeros_like(observed)], -1)
    states = np.stack([*halves[0], *halves[1]], -1)
    if not schema.derivatives_given:
        return States(states, observed, None)
    first = halves[1] if schema.velocities else [smooth(name).slopes for name in schema.positions]
    given = [_derivative(table, part, schema, units, index) for index in range(len(schema.positions))]
    return States(states, observed, np.stack([*first, *given], -1))


def _derivative(table: Table, part: Part, schema: Schema, units: ColumnUnits, index: int) -> np.ndarray:
    """Returns a measured derivative, with interpolated values where it is missing."""
    name = schema.derivatives_given[index]
    factor = 1.0
    if schema.velocities:
        factor = units.velocity_factor(name, schema.positions[index], str(schema.time), order=2)
    values = table.columns[name][part.rows] * factor
    seen = np.isfinite(values)
    if seen.sum() < LEAST_READINGS:
        raise InputError(
            f"{table.place(int(part.rows[~seen][0]))}, column {name!r}: expected derivatives; received {seen.sum()} in "
            f"{len(values)} readings; complete the column, or leave it out"
        )
    return values if seen.all() else np.interp(part.times, part.times[seen], values[seen])


def _mean(values: np.ndarray) -> float:
    seen = values[np.isfinite(values)]
    return float(seen.mean()) if len(seen) else 0.0
