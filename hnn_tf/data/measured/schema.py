"""The roles of the columns of a table of measurements. Imports nothing heavy."""

import dataclasses
import math

from hnn_tf.input_error import OptionError
from hnn_tf.input_interpolation import INTERPOLATIONS
from hnn_tf.options import Options, option


@dataclasses.dataclass(frozen=True)
class Schema(Options):
    """The roles of the columns of a table.

    Raises:
      OptionError: If a role is missing, two roles have the same column, or numbers of columns do not fit each other.
    """

    time: str | None = option(None, "The column of the times.")
    positions: tuple[str, ...] = option((), "The columns of the positions, for example x,y.")
    velocities: tuple[str, ...] = option(
        (), "The columns of the velocities, one for each position. By default, no velocity was measured."
    )
    momenta: tuple[str, ...] = option(
        (), "The columns of the momenta, one for each position, in the place of velocities."
    )
    recording: str | None = option(
        None, "The column that tells the recordings of a file apart. By default, each file is one recording."
    )
    inputs: tuple[str, ...] = option((), "The columns of the inputs, such as forces, that acted from outside.")
    parameters: tuple[str, ...] = option((), "The columns of quantities that are constant in each recording.")
    derivatives_given: tuple[str, ...] = option(
        (),
        "The columns of the measured time derivatives of the velocities or of the momenta, one for each position.",
    )
    angles: tuple[str, ...] = option((), "The positions that are angles.")
    units: tuple[str, ...] = option(
        (),
        "The units of columns, for example t=ms,x=mm. By default, an angle is in rad, and other columns have no unit.",
    )
    masses: tuple[float, ...] = option(
        (1.0,),
        "The masses, one for all velocities or one for each. The momenta are the velocities times the masses.",
    )
    input_interpolation: str = option(
        "zero_order_hold",
        "The inputs between two readings. zero_order_hold holds the input of a reading until the next reading, and "
        "linear changes it linearly.",
        choices=INTERPOLATIONS,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.time is None or not self.positions:
            raise OptionError(
                "{time} and {positions}: expected the columns of time and positions",
                time=self.time,
                positions=self.positions,
            )
        if self.velocities and self.momenta:
            raise OptionError(
                "{velocities} and {momenta}: expected one of the two", velocities=self.velocities, momenta=self.momenta
            )
        for name in ("velocities", "momenta", "derivatives_given"):
            columns = getattr(self, name)
            if columns and len(columns) != len(self.positions):
                raise OptionError(
                    f"{{{name}}}: expected {len(self.positions)} columns, one for each of {{positions}}",
                    **{name: columns},
                    positions=self.positions,
                )
        if self.derivatives_given and not (self.velocities or self.momenta):
            raise OptionError(
                "{derivatives_given}: expected {velocities:only} or {momenta:only}, of which these are the derivatives",
                derivatives_given=self.derivatives_given,
                velocities=(),
                momenta=(),
            )
        used = self.number_columns() + ((self.recording,) if self.recording else ())
        for name in used:
            if used.count(name) > 1:
                raise OptionError(
                    f"{{positions}}: expected one role for each column; received two roles of {name!r}",
                    positions=self.positions,
                )
        unknown = [name for name in self.angles if name not in self.positions]
        if unknown:
            raise OptionError("{angles}: expected some of {positions}", angles=self.angles, positions=self.positions)
        for text in self.units:
            name, equals, unit = text.partition("=")
            if not equals or not unit or name not in used:
                raise OptionError(
                    "{units}: expected column=unit of the columns that are used, as t=s", units=self.units
                )
        right = len(self.masses) in (1, len(self.positions)) and all(0 < mass < math.inf for mass in self.masses)
        if not right or (self.momenta and self.masses != (1.0,)):
            raise OptionError(
                "{masses}: expected finite numbers > 0, one for all velocities or one for each, and no {momenta:only}",
                masses=self.masses,
                momenta=self.momenta,
            )

    def number_columns(self) -> tuple[str, ...]:
        """Returns the names of all columns of numbers."""
        second = self.velocities or self.momenta
        return (self.time or "", *self.positions, *second, *self.derivatives_given, *self.inputs, *self.parameters)

    def unit_of(self, column: str) -> str:
        """Returns the unit of a column as it was given; empty if none was given."""
        return dict(text.split("=", 1) for text in self.units).get(column, "")
