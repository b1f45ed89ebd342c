"""The units of the columns of a table."""

import dataclasses
import functools
import re

import numpy as np
import pint

from hnn_tf.data.measured.schema import Schema
from hnn_tf.input_error import InputError, one_line

MOST_RADIANS = 4 * np.pi
"""Angles without unit are in rad if no value is larger."""

_DEGREES_IN_NAME = re.compile(r"(?:^|[\W_])(?:deg|degs|degree|degrees)(?:[\W_]|$)|°", re.IGNORECASE)
_SPREAD_OUT = re.compile(r"[\s*/+-]|\*\*")


@dataclasses.dataclass(frozen=True)
class ColumnUnits:
    """The units of columns.

    Attributes:
      by_column: The unit of each column as text; empty if it is unknown.
    """

    by_column: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Returns the unit of a column; empty if it is unknown."""
        return self.by_column.get(column, "")

    def turn(self, column: str) -> float:
        """Returns a full turn in the unit of an angle."""
        return float(_registry().Quantity(1.0, "turn").to(parsed_unit(self[column], column)).magnitude)

    def velocity_unit(self, position: str, time: str) -> str:
        """Returns the text of (position unit)/(time unit); empty if one of both is unknown."""
        above, below = self[position], self[time]
        return f"{_bracketed(above)}/{_bracketed(below)}" if above and below else ""

    def velocity_factor(self, velocity: str, position: str, time: str, *, order: int = 1) -> float:
        """Returns the factor that turns a velocity into (position unit)/(time unit); 1 if a unit is unknown.

        Args:
          velocity: The column of a velocity or, if `order` is 2, of an acceleration.
          position: The column of the position.
          time: The column of the times.
          order: The number of time derivatives.
        """
        if not (self[velocity] and self[position] and self[time]):
            return 1.0
        target = parsed_unit(self[position], position) / parsed_unit(self[time], time) ** order
        return float(_registry().Quantity(1.0, parsed_unit(self[velocity], velocity)).to(target).magnitude)


def column_units(schema: Schema, columns: dict[str, np.ndarray]) -> ColumnUnits:
    """Returns the units of the columns of numbers, as they were given or, for angles, as they can be known.

    Args:
      schema: The roles of the columns.
      columns: The values by column, `[N]`.

    Raises:
      InputError: If a unit is unknown, does not fit its column's role or the other units, or an angle without unit may
        be in degrees.
    """
    units = ColumnUnits({name: schema.unit_of(name).strip() for name in schema.number_columns()})
    for name, text in units.by_column.items():
        if text:
            parsed_unit(text, name)
    time = str(schema.time)
    if units[time] and parsed_unit(units[time], time).dimensionality != {"[time]": 1}:
        raise InputError(
            f"column {time!r}: expected a unit of time, such as s or ms; received {units[time]!r}; "
            f"give --units={time}=s"
        )
    for name in schema.angles:
        if not units[name]:
            units.by_column[name] = _unit_of_angle(name, columns[name])
        elif not _is_angle(units[name], name):
            raise InputError(
                f"column {name!r}: expected a unit of angles, such as rad or deg; received {units[name]!r}; give "
                f"--units={name}=rad, or leave {name} out of the angles"
            )
    _check_dimensions(schema, units)
    return units


def parsed_unit(text: str, column: str) -> pint.Unit:
    """Returns the unit of a text.

    Raises:
      InputError: If there is no such unit.
    """
    try:
        unit = _registry().parse_units(text)
        _registry().Quantity(1.0, unit).to_root_units()
    except Exception as error:  # pint raises several errors, also those of Python's tokens
        raise InputError(
            f"column {column!r}: expected a unit, such as m, ms, deg/s or kg*m/s; received {text!r} "
            f"({one_line(error)}); correct --units={column}=..."
        ) from None
    return unit


@functools.cache
def _registry() -> pint.UnitRegistry:
    return pint.UnitRegistry(cache_folder=None)


def _is_angle(text: str, column: str) -> bool:
    root = _registry().Quantity(1.0, parsed_unit(text, column)).to_root_units().units
    return root == _registry().Unit("radian")


def _unit_of_angle(name: str, values: np.ndarray) -> str:
    if _DEGREES_IN_NAME.search(name):
        return "deg"
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    if largest <= MOST_RADIANS:
        return "rad"
    raise InputError(
        f"column {name!r}: expected the unit of the angle, because its values reach {largest:.6g}; received no unit; "
        f"give --units={name}=deg or --units={name}=rad"
    )


def _check_dimensions(schema: Schema, units: ColumnUnits) -> None:
    registry = _registry()
    time = str(schema.time)
    second = schema.velocities or schema.momenta
    for index, position in enumerate(schema.positions):
        if not (second and units[position] and units[time]):
            continue
        q, t = (registry.Quantity(1.0, parsed_unit(units[name], name)) for name in (position, time))
        # The product of a position and its momentum is an action; momenta of mass 1 are velocities.
        allowed = [(q / t).dimensionality]
        if schema.momenta:
            allowed.append((registry.Quantity(1.0, "J*s") / q).dimensionality)
        expected = f"{units[position]}/{units[time]}"
        found = None
        if units[second[index]]:
            found = registry.Quantity(1.0, parsed_unit(units[second[index]], second[index]))
            _check_one(second[index], units, found.dimensionality, allowed, expected, bool(schema.momenta))
        if schema.derivatives_given and units[schema.derivatives_given[index]]:
            name = schema.derivatives_given[index]
            derivative = registry.Quantity(1.0, parsed_unit(units[name], name)).dimensionality
            of_second = (
                [(found / t).dimensionality] if found is not None else [each / t.dimensionality for each in allowed]
            )
            _check_one(name, units, derivative, of_second, f"{expected}/{units[time]}", bool(schema.momenta))


def _check_one(name: str, units: ColumnUnits, found: object, allowed: list, expected: str, momenta: bool) -> None:
    if found not in allowed:
        like = "like" if not momenta else "for velocities like"
        raise InputError(
            f"column {name!r}: expected a unit {like} {expected}; received {units[name]!r}, which has another "
            f"dimension; correct --units={name}=..."
        )


def _bracketed(unit: str) -> str:
    return f"({unit})" if _SPREAD_OUT.search(unit) else unit
