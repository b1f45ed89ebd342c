"""Recordings from what was measured: data frames, xarray datasets, and arrays of positions."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Self

from hnn_tf.data import measured
from hnn_tf.data.measured.array_runs import columns_of_runs, runs_of_arrays
from hnn_tf.data.recording_table import Columns, recordings_of
from hnn_tf.input_error import InputError, InputWarning


class MeasuredRecordings:
    """The class methods of `Recordings` that take measurements."""

    @classmethod
    def from_pandas(
        cls,
        table: Any,
        *,
        time: str,
        positions: Sequence[str],
        velocities: Sequence[str] | None = None,
        momenta: Sequence[str] | None = None,
        recording: str | None = None,
        time_derivatives: Sequence[str] | None = None,
        inputs: Sequence[str] | None = None,
        parameters: Sequence[str] | None = None,
        angles: Sequence[str] = (),
        units: Mapping[str, str] | None = None,
        masses: Sequence[float] = (1.0,),
        **description: Any,
    ) -> Self:
        """Makes recordings from a table with one row per reading, such as a pandas DataFrame.

        With momenta, the rows are taken as they are. Without momenta, they are checked and repaired as by
        `hnn_tf.data.measured.prepared`: missing cells and velocities that were not measured are filled and marked as
        not observed, gaps cut a recording into parts, and velocities must be the slopes of the positions.

        Args:
          table: The columns by name, as `table[name]`. A missing number is NaN.
          time: The name of the column of times. With momenta, the rows are sorted by time. Without momenta, times may
            be dates.
          positions: The names of the columns of the positions q.
          velocities: The names of the columns of the velocities, as many as positions, if they were measured.
          momenta: The names of the columns of the momenta p, as many as positions, in the place of velocities.
          recording: The name of a column that distinguishes the recordings; by default, all rows are one recording.
          time_derivatives: The names of the columns of dq/dt and dp/dt, in the order of the state, only with momenta.
          inputs: The names of the columns of inputs.
          parameters: The names of columns that are constant in each recording.
          angles: The names of the positions that are angles; with momenta, they are in rad.
          units: The units by column, as {"t": "ms"}, only without momenta.
          masses: The masses, one for all velocities or one for each, only without momenta.
          **description: `body_dimension` and `input_interpolation` and, with momenta, `state_units`, `time_unit`,
            `input_units` and `parameter_units`. The positions and momenta of bodies are given in the order x_1, x_2,
            ..., y_1, y_2, ...

        Raises:
          InputError: For the same reasons as in the class, if the table lacks a column, if a parameter varies within a
            recording, or if a measurement cannot be used.

        Warns:
          InputWarning: If a measurement is doubtful.
        """
        if momenta is None:
            if time_derivatives is not None:
                raise InputError("time_derivatives: expected momenta, whose derivatives these are; give momenta=[...]")
            schema = measured.Schema(
                time=time,
                positions=tuple(positions),
                velocities=tuple(velocities or ()),
                recording=recording,
                inputs=tuple(inputs or ()),
                parameters=tuple(parameters or ()),
                angles=tuple(angles),
                units=_unit_texts(units or {}, table, time),
                masses=tuple(masses),
                input_interpolation=description.pop("input_interpolation", "zero_order_hold"),
            )
            return cls._prepared(table, schema, description)
        if velocities is not None or units is not None or tuple(masses) != (1.0,):
            raise InputError(
                "momenta: expected no velocities, units and masses with momenta; leave them out, and give state_units "
                "and time_unit"
            )
        unknown = [name for name in angles if name not in positions]
        if unknown:
            raise InputError(f"angles: expected some of the positions {list(positions)}; received {unknown[0]!r}")
        columns = Columns(time, positions, momenta, recording, time_derivatives, inputs, parameters)
        found = recordings_of(table, columns)
        indices = tuple(list(positions).index(name) for name in angles)
        description |= {
            "state_names": (*positions, *momenta),
            "input_names": tuple(inputs or ()),
            "parameter_names": tuple(parameters or ()),
        }
        make: Any = cls
        return make(tuple(found), angles=indices, **description)

    @classmethod
    def from_xarray(
        cls,
        dataset: Any,
        *,
        time: str,
        positions: Sequence[str],
        recording: str | None = None,
        units: Mapping[str, str] | None = None,
        **roles: Any,
    ) -> Self:
        """Makes recordings from an xarray dataset.

        Args:
          dataset: The dataset. Its variables have the dimension of the time and, if there are several recordings, the
            dimension `recording`. The attribute `units` of a variable is its unit, unless `units` has another.
          time: The name of the variable of the times.
          positions: The names of the variables of the positions.
          recording: The name of the dimension of the recordings; by default, there is one recording.
          units: The units by variable.
          **roles: The other arguments of `from_pandas`.

        Raises:
          InputError: For the same reasons as `from_pandas`, or if a variable has another dimension.

        Warns:
          InputWarning: If a measurement is doubtful.
        """
        optional: dict[str, Any] = {
            name: tuple(roles[name])
            for name in ("velocities", "momenta", "inputs", "parameters")
            if roles.get(name) is not None
        }
        schema = measured.Schema(
            time=time,
            positions=tuple(positions),
            recording=recording,
            **optional,
        )
        columns, own_units = measured.columns_of_dataset(dataset, schema)
        if roles.get("momenta") is None:
            roles["units"] = own_units | dict(units or {})
        elif units is not None:
            roles["units"] = units
        return cls.from_pandas(columns, time=time, positions=positions, recording=recording, **roles)

    @classmethod
    def from_positions(
        cls,
        times: Any,
        positions: Any,
        *,
        velocities: Any = None,
        inputs: Any = None,
        parameters: Any = None,
        angles: Sequence[int] = (),
        position_names: Sequence[str] | None = None,
        units: Mapping[str, str] | None = None,
        **description: Any,
    ) -> Self:
        """Makes recordings from arrays of measured positions, which are checked and repaired as by `from_pandas`.

        Args:
          times: `[T]` for all recordings, or a list of the times of each recording.
          positions: `[T, n]`, or a list of the `[T_i, n]` of each recording; NaN is a missing number. For one position,
            `[T]`.
          velocities: The velocities in the form of `positions`, if they were measured.
          inputs: The inputs in the form of `positions`.
          parameters: `[N, k]`; `[k]` for a single recording.
          angles: The indices of the positions that are angles.
          position_names: The names of the positions; by default q1, q2, ...
          units: The units by name, as {"time": "s", "q": "deg"}. The velocities are v1, v2, ..., the inputs u1, u2,
            ..., and the parameters theta1, theta2, ...; a single one has no number.
          **description: `masses`, `input_interpolation` and `body_dimension`.

        Raises:
          InputError: For the same reasons as `from_pandas`, or if arrays do not fit each other.

        Warns:
          InputWarning: If a measurement is doubtful.
        """
        runs = runs_of_arrays(times, positions, parameters, velocities=velocities, inputs=inputs)
        widths = {name: arrays[0].shape[-1] for name, arrays in runs.items() if name != "times"}
        letters = {"positions": "q", "velocities": "v", "inputs": "u", "parameters": "theta"}
        roles: dict[str, Any] = {name: _numbered(letters[name], width) for name, width in widths.items()}
        names = roles["positions"] = tuple(position_names or roles["positions"])
        if len(names) != widths["positions"]:
            raise InputError(f"position_names: expected {widths['positions']} names; received {len(names)}")
        if any(not 0 <= index < len(names) for index in angles):
            raise InputError(f"angles: expected indices of positions, 0 to {len(names) - 1}; received {angles}")
        return cls.from_pandas(
            columns_of_runs(runs, roles),
            time="time",
            recording="recording",
            angles=[names[index] for index in angles],
            units=units,
            **roles,
            **description,
        )

    @classmethod
    def _prepared(cls, columns: Any, schema: measured.Schema, description: dict[str, Any]) -> Self:
        unknown = [name for name in description if name != "body_dimension"]
        if unknown:
            raise InputError(
                f"{unknown[0]}: expected body_dimension and input_interpolation only, without momenta; give the units "
                "of columns as units={...}"
            )
        found = measured.prepare(measured.table_of_columns(columns, schema), schema)
        for sentence in found.report["warnings"]:
            warnings.warn(sentence, InputWarning, stacklevel=3)
        make: Any = cls
        return make(found.recordings, **found.description | description)


def _unit_texts(units: Mapping[str, str], table: Any, time: str) -> tuple[str, ...]:
    known = dict(units)
    if time in table and measured.is_date(table[time]):
        known[time] = "s"
    return tuple(f"{name}={unit}" for name, unit in known.items())


def _numbered(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name}{i + 1}" for i in range(count)) if count > 1 else (name,) * count
