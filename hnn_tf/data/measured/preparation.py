"""From a table of measurements to recordings, with checks and repairs."""

import dataclasses
from typing import Any

import numpy as np

from hnn_tf.data.measured.constant_columns import filled_inputs, parameters_of
from hnn_tf.data.measured.description import description_of
from hnn_tf.data.measured.outlier_masks import mask_outliers
from hnn_tf.data.measured.parts import LEAST_READINGS, Part, parts_of
from hnn_tf.data.measured.pieces import Piece, chosen_pieces
from hnn_tf.data.measured.repeated_rows import refuse_repeated_rows
from hnn_tf.data.measured.report import Findings, report_of
from hnn_tf.data.measured.runs import runs_of
from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.measured.smooth_column import SmoothColumn, smooth_column
from hnn_tf.data.measured.state_columns import states_of
from hnn_tf.data.measured.units import column_units
from hnn_tf.data.measured.velocity_refusal import check_velocities
from hnn_tf.data.recording import Recording
from hnn_tf.data.tables.table import Table
from hnn_tf.input_error import InputError


@dataclasses.dataclass(frozen=True, eq=False)
class Preparation:
    """Recordings that were made of a table.

    Attributes:
      recordings: The recordings. Parts of one run have the same name.
      description: The other arguments of `Recordings`.
      report: What was found and repaired, of plain numbers, texts, lists and dictionaries.
    """

    recordings: tuple[Recording, ...]
    description: dict[str, Any]
    report: dict[str, Any]


def prepare(table: Table, schema: Schema) -> Preparation:
    """Makes recordings of a table, and checks and repairs what was measured.

    The positions have the units of their columns, and the velocities have (position unit)/(time unit). Angles are
    continuous. Velocities that were not measured are the slopes of smoothing splines, and are marked as not observed.

    Args:
      table: The table.
      schema: The roles of the columns.

    Raises:
      InputError: If what was measured cannot be used. The message names the file, the row, the column and the mend.
    """
    _check_readings(table, schema)
    units = column_units(schema, table.columns)
    runs, num_single = runs_of(table, schema)
    second = schema.velocities or schema.momenta
    refuse_repeated_rows(table, runs, str(schema.time), (*schema.positions, *second, *schema.inputs))
    parameters = [parameters_of(table, run, schema.parameters) for run in runs] if schema.parameters else None
    inputs = (
        [filled_inputs(table, run, schema.inputs, schema.input_interpolation) for run in runs]
        if schema.inputs
        else None
    )
    parts, cuts = parts_of(table, schema, units, runs)
    spreads = {name: _spread(parts, name) for name in (*schema.positions, *second)}
    pieces = chosen_pieces(parts)
    too_many = mask_outliers(parts, pieces, spreads)
    smoothed = [
        {name: smooth_column(*piece.column(parts, name)) for name in spreads if piece.has(parts, name)}
        for piece in pieces
    ]
    noise = {name: _noise(pieces, smoothed, name) for name in spreads}
    velocity_warnings = check_velocities(table, schema, units, parts, pieces, smoothed)
    known = {(piece.part, piece.start, piece.stop): each for piece, each in zip(pieces, smoothed, strict=True)}
    recordings = []
    for index, part in enumerate(parts):
        found = states_of(table, part, schema, units, known.get((index, 0, len(part.times)), {}))
        run = runs[part.run]
        start = int(np.searchsorted(table.columns[str(schema.time)][run.rows], part.times[0]))
        stop = start + len(part.times)
        recordings.append(
            Recording(
                times=part.times,
                states=found.states,
                time_derivatives=found.time_derivatives,
                inputs=None if inputs is None else inputs[part.run][0][start:stop],
                parameters=None if parameters is None else parameters[part.run],
                observed=found.observed,
                name=run.name,
            )
        )
    if all(recording.observed.all() for recording in recordings if recording.observed is not None):
        recordings = [dataclasses.replace(recording, observed=None) for recording in recordings]
    num_missing_inputs = [0 if inputs is None else inputs[i][1] for i in range(len(runs))]
    findings = Findings(
        runs, parts, cuts, units, noise, num_single, num_missing_inputs, [*too_many, *velocity_warnings]
    )
    return Preparation(tuple(recordings), description_of(schema, units), report_of(table, schema, findings))


def _check_readings(table: Table, schema: Schema) -> None:
    if len(table) < LEAST_READINGS:
        raise InputError(
            f"{table.sources[0].path}: expected at least {LEAST_READINGS} readings; received {len(table)}; give more"
        )
    for name in schema.positions:
        values = table.columns[name]
        seen = values[np.isfinite(values)]
        if not len(seen) or seen.min() == seen.max():
            received = f"{seen[0]:.6g} in every row" if len(seen) else "no number"
            raise InputError(
                f"{table.sources[0].path}, column {name!r}: expected positions that change; received {received}; give "
                "the column of a position, or leave it out"
            )


def _spread(parts: list[Part], name: str) -> float:
    values = np.concatenate([part.columns[name] for part in parts])
    return float(np.nanstd(values)) if np.isfinite(values).any() else 0.0


def _noise(pieces: list[Piece], smoothed: list[dict[str, SmoothColumn]], name: str) -> float:
    """Returns the root mean square of the noise of the pieces, weighted by their lengths."""
    pairs = [
        (piece.stop - piece.start, each[name].noise_std)
        for piece, each in zip(pieces, smoothed, strict=True)
        if name in each
    ]
    if not pairs:
        return 0.0
    weights, stds = np.array(pairs).T
    return float(np.sqrt((weights * stds**2).sum() / weights.sum()))
