"""What is said about velocities that are not the slopes of their positions."""

from typing import Any

import numpy as np

from hnn_tf.data.measured.parts import Part
from hnn_tf.data.measured.period import period
from hnn_tf.data.measured.pieces import Piece
from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.measured.units import ColumnUnits
from hnn_tf.data.measured.velocity_check import LEAST_READINGS_PER_PERIOD, VelocityCheck, compared_velocity
from hnn_tf.data.tables.table import Table
from hnn_tf.input_error import InputError

MOST_UNEXPLAINED = 0.3
"""The largest share of a position's variance that its spline may leave, if its slopes are compared."""


def check_velocities(
    table: Table,
    schema: Schema,
    units: ColumnUnits,
    parts: list[Part],
    pieces: list[Piece],
    smoothed: list[dict[str, Any]],
) -> list[str]:
    """Compares velocities or momenta with the slopes of the positions, and returns warnings.

    Raises:
      InputError: If velocities are certainly something else.
    """
    warnings = []
    rng = np.random.default_rng(0)
    for position, name in zip(schema.positions, schema.velocities or schema.momenta, strict=False):
        compared = []
        for piece, columns in zip(pieces, smoothed, strict=True):
            if position in columns and name in columns:
                times, values = piece.column(parts, name)
                if not _has_slopes(piece.column(parts, position)[1], columns[position].values):
                    continue
                compared.append((times, columns[position], values, columns[name]))
        slope = f"d{position}/d{schema.time}"
        check = compared_velocity(compared, rng) if compared else None
        if check is None:
            warnings.append(
                f"Column {name!r} could not be compared with {slope}, because noise or coarse sampling hides the "
                f"slopes of {position!r}."
            )
            continue
        turn = units.turn(position) if position in schema.angles else None
        spans = []
        for times, values in (piece.column(parts, position) for piece in pieces):
            found = period(times, values, turn=turn)
            spans += [] if found is None else [found / float(np.median(np.diff(times)))]
        coarse = bool(spans) and float(np.median(spans)) < LEAST_READINGS_PER_PERIOD
        if schema.momenta or coarse:
            if not check.correlates:
                warnings.append(
                    f"Column {name!r} does not follow {slope} (correlation {check.correlation:.2f}); "
                    + ("the readings are too far apart to tell." if coarse else "check that these are the momenta.")
                )
        elif check.wrong_factor or not check.correlates:
            raise InputError(f"{table.sources[0].path}, {_refusal(schema, units, position, name, slope, check)}")
        elif check.doubtful:
            warnings.append(
                f"Column {name!r} is {check.factor:.3f} times {slope} (standard error {check.error:.3f}); one of both "
                "columns may be scaled wrongly, or filtered."
            )
    return warnings


def _refusal(schema: Schema, units: ColumnUnits, position: str, name: str, slope: str, check: VelocityCheck) -> str:
    received = (
        f"numbers that are {check.factor:.3g} times {slope}"
        if abs(check.correlation) > 0.5
        else f"numbers that do not follow {slope} (correlation {check.correlation:.2f})"
    )
    if units[name]:
        received += (
            f" in {units.velocity_unit(position, str(schema.time))}"
            if units[position] and units[str(schema.time)]
            else ""
        )
    return (
        f"column {name!r}: expected the velocity {slope}; received {received}; give "
        f"--momenta={','.join(schema.velocities)} if they are momenta, --units=... if a unit differs, or correct the "
        f"column"
    )


def _has_slopes(values: np.ndarray, smoothed: np.ndarray) -> bool:
    """Returns whether a spline follows most of the motion. If noise hides the motion, only a parabola is left."""
    seen = np.isfinite(values)
    return bool(np.var(values[seen] - smoothed[seen]) < MOST_UNEXPLAINED * np.var(values[seen]))
