"""The names and units of the recordings of a table."""

from typing import Any

from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.measured.units import ColumnUnits


def description_of(schema: Schema, units: ColumnUnits) -> dict[str, Any]:
    """Returns the arguments of `Recordings` other than the recordings."""
    time = str(schema.time)
    velocity_units = tuple(units.velocity_unit(name, time) for name in schema.positions)
    positions = tuple(units[name] for name in schema.positions)
    second = schema.velocities or schema.momenta or tuple(f"d{name}/d{time}" for name in schema.positions)
    return {
        "state_names": (*schema.positions, *second),
        "state_units": (*positions, *(tuple(units[name] for name in second) if schema.momenta else velocity_units)),
        "time_unit": units[time],
        "angles": tuple(schema.positions.index(name) for name in schema.angles),
        "input_names": schema.inputs,
        "input_units": tuple(units[name] for name in schema.inputs),
        "input_interpolation": schema.input_interpolation,
        "parameter_names": schema.parameters,
        "parameter_units": tuple(units[name] for name in schema.parameters),
        "second_half": "momenta" if schema.momenta else "velocities",
        "masses": schema.masses,
    }
