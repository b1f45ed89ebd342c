"""The report of what was found in a table of measurements and what was repaired, as plain numbers and texts."""

import dataclasses
from typing import Any

import numpy as np

from hnn_tf.data.measured.parts import Cuts, Part
from hnn_tf.data.measured.runs import Run
from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.measured.units import ColumnUnits
from hnn_tf.data.tables.table import Table

LEAST_READINGS_PER_PERIOD = 6
LEAST_READINGS_IN_ALL = 30
MOST_NOISE_PERCENT = 20.0
_MOST_LISTED = 100


@dataclasses.dataclass(frozen=True, eq=False)
class Findings:
    """What was found while recordings were made.

    Attributes:
      runs: The runs.
      parts: The parts of the runs.
      cuts: What was found while runs were cut.
      units: The units of the columns.
      noise: The standard deviation of the noise of positions and velocities or momenta, by name, in the recordings'
        units.
      num_single: The number of runs that were dropped because they have a single row.
      num_missing_inputs: The number of missing inputs of each run, which were filled.
      warnings: Warnings of the checks.
    """

    runs: list[Run]
    parts: list[Part]
    cuts: Cuts
    units: ColumnUnits
    noise: dict[str, float]
    num_single: int
    num_missing_inputs: list[int]
    warnings: list[str]


def report_of(table: Table, schema: Schema, findings: Findings) -> dict[str, Any]:
    """Returns the report: files, recordings, columns, period, and warnings as plain sentences."""
    recordings = [_recording(table, schema, findings, index) for index in range(len(findings.runs))]
    columns = {name: _column(table, schema, findings, name) for name in schema.number_columns()}
    periods = [each for found in recordings for each in found["periods"].values() if each is not None]
    longest = max(periods, default=None)
    intervals = np.concatenate([np.diff(part.times) for part in findings.parts])
    interval = float(np.median(intervals))
    shortest = float(np.median(_shortest_periods(recordings))) if periods else None
    report = {
        "files": [
            {"name": source.path.name, "sha256": source.sha256, "rows": int(source.num_rows)}
            for source in table.sources
        ],
        "recordings": recordings,
        "columns": columns,
        "readings": sum(len(part.times) for part in findings.parts),
        "time_unit": findings.units[str(schema.time)],
        "interval": interval,
        "irregular": bool(np.ptp(intervals) > 0.05 * interval),
        "period": longest,
        "readings_per_period": None if shortest is None else shortest / interval,
        "single_rows_dropped": findings.num_single,
        "wrapped_angles": list(findings.cuts.wrapped),
        "velocities_measured": bool(schema.velocities or schema.momenta),
    }
    return report | {"warnings": [*findings.warnings, *_warnings(report, schema)]}


def _shortest_periods(recordings: list[dict[str, Any]]) -> list[float]:
    return [
        min(each for each in found["periods"].values() if each is not None)
        for found in recordings
        if any(each is not None for each in found["periods"].values())
    ]


def _recording(table: Table, schema: Schema, findings: Findings, index: int) -> dict[str, Any]:
    run = findings.runs[index]
    parts = [part for part in findings.parts if part.run == index]
    times = table.columns[str(schema.time)][run.rows]
    steps = np.diff(times)
    states = (*schema.positions, *schema.velocities, *schema.momenta)
    outliers = [
        {
            "column": name,
            "place": table.place(int(part.rows[place])),
            "time": float(part.times[place]),
            "value": value,  # in the unit of the recordings
        }
        for part in parts
        for name, values in part.outliers.items()
        for place, value in values.items()
    ]
    return {
        "name": run.name,
        "file": table.sources[int(table.source[run.rows[0]])].path.name,
        "parts": len(parts),
        "readings": sum(len(part.times) for part in parts),
        "start": float(times[0]),
        "duration": float(times[-1] - times[0]),
        "median_interval": float(np.median(steps)),
        "least_interval": float(steps.min()),
        "largest_interval": float(steps.max()),
        "gaps": [list(gap) for gap in findings.cuts.gaps[index]],
        "uncertain_turns": findings.cuts.num_uncertain[index],
        "readings_in_short_parts": findings.cuts.num_short[index],
        "periods": findings.cuts.periods[index],
        "missing": {
            name: int((~np.isfinite(table.columns[name][run.rows])).sum())
            for name in (*states, *schema.derivatives_given)
        },
        "missing_inputs": findings.num_missing_inputs[index],
        "duplicates_dropped": run.num_duplicates,
        "num_outliers": len(outliers),
        "outliers": outliers[:_MOST_LISTED],
    }


def _column(table: Table, schema: Schema, findings: Findings, name: str) -> dict[str, Any]:
    values = table.columns[name]
    seen = values[np.isfinite(values)]
    found: dict[str, Any] = {
        "role": _role(schema, name),
        "unit": findings.units[name],
        "angle": name in schema.angles,
        "least": float(seen.min()) if len(seen) else None,
        "largest": float(seen.max()) if len(seen) else None,
        "std": float(seen.std()) if len(seen) else None,
        "missing": int(len(values) - len(seen)),
        "resolution": _resolution(seen),
    }
    if name in findings.noise:
        spread = float(np.nanstd(np.concatenate([part.columns[name] for part in findings.parts])))
        factor = _factor(schema, findings.units, name)
        found["noise"] = findings.noise[name] / factor  # in the column's own unit
        found["noise_percent"] = 100 * findings.noise[name] / spread if spread > 0 else 0.0
    return found


def _factor(schema: Schema, units: ColumnUnits, name: str) -> float:
    if name not in schema.velocities:
        return 1.0
    return units.velocity_factor(name, schema.positions[schema.velocities.index(name)], str(schema.time))


def _role(schema: Schema, name: str) -> str:
    roles = {
        "time": (schema.time,),
        "position": schema.positions,
        "velocity": schema.velocities,
        "momentum": schema.momenta,
        "derivative": schema.derivatives_given,
        "input": schema.inputs,
    }
    return next((role for role, names in roles.items() if name in names), "parameter")


def _resolution(values: np.ndarray) -> float | None:
    """Returns the smallest difference between values, except for rounding; None if all are equal."""
    differences = np.diff(np.sort(values))
    largest = float(np.abs(values).max()) if len(values) else 0.0
    differences = differences[differences > 1e-12 * largest]
    return float(differences.min()) if len(differences) else None


def _warnings(report: dict[str, Any], schema: Schema) -> list[str]:
    found = []
    unit = f" {report['time_unit']}" if report["time_unit"] else ""
    per_period = report["readings_per_period"]
    if per_period is not None and per_period < LEAST_READINGS_PER_PERIOD:
        found.append(
            f"The sampling is coarse: {per_period:.1f} readings in a period; take at least {LEAST_READINGS_PER_PERIOD}."
        )
    if report["period"] is None:
        longest = max(each["duration"] for each in report["recordings"])
        found.append(
            f"The recordings are shorter than one period (the longest lasts {longest:.4g}{unit}), or the motion does "
            "not come back; what is learned holds only for the motion that was recorded."
        )
    if report["readings"] < LEAST_READINGS_IN_ALL:
        found.append(
            f"There are only {report['readings']} readings; a fit needs at least {LEAST_READINGS_IN_ALL} to be tested."
        )
    for name, column in report["columns"].items():
        if column.get("noise_percent", 0.0) > MOST_NOISE_PERCENT:
            found.append(
                f"Column {name!r} has much noise: its standard deviation is {column['noise_percent']:.0f} % of the "
                "column's spread."
            )
    uncertain = sum(each["uncertain_turns"] for each in report["recordings"])
    if uncertain:
        found.append(
            f"Angles turn too far between {uncertain} pairs of neighbouring readings to know the direction; the "
            "recordings were cut there. Record faster, or give continuous angles."
        )
    short = sum(each["readings_in_short_parts"] for each in report["recordings"])
    if short:
        found.append(f"{short} readings in parts that are too short, between gaps, were left out.")
    if report["single_rows_dropped"]:
        found.append(f"{report['single_rows_dropped']} recordings of a single row were left out.")
    missing = sum(each["missing_inputs"] for each in report["recordings"])
    if missing:
        how = "linear interpolation" if schema.input_interpolation == "linear" else "the value before"
        found.append(f"{missing} missing inputs were filled by {how}.")
    return found
