"""The contents of the report of a fit of measurements."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import reports
from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings
from hnn_tf.own_data.held_out import Forecast
from hnn_tf.own_data.measured_fit import MeasuredFit
from hnn_tf.own_data.measurement import observed_columns
from hnn_tf.own_data.residuals import Residuals

_GRID = 81
_ARROWS = 15
_MARGIN = 0.1
_MOST_STATES = 2_000


def report_contents(
    fitted: MeasuredFit,
    recordings: Recordings,
    *,
    title: str,
    settings: Mapping[str, Any],
    use_commands: Sequence[tuple[str, str]],
    repeat_commands: Sequence[tuple[str, str]],
    hashes: Mapping[str, str],
) -> reports.ReportContents:
    """Returns all that the report of a fit shows.

    Args:
      fitted: The fit.
      recordings: All recordings, with those that were held out.
      title: The title.
      settings: The settings of the run.
      use_commands: Pairs of a heading and code that use the model.
      repeat_commands: Pairs of a heading and code that repeat the run.
      hashes: The SHA-256 of the files of the run.
    """
    learned, seen = fitted.recordings, observed_columns(recordings)
    states = learned.joined("states")
    metrics = fitted.metrics
    return reports.ReportContents(
        title=title,
        explanation=fitted.explanation,
        state_names=learned.state_names,
        state_units=learned.state_units,
        observed=seen,
        time_unit=learned.time_unit,
        second_half=learned.second_half,
        data=_data(fitted.data_report),
        measurements=[_measurements(each, fitted, seen) for each in recordings],
        candidates=_candidates(fitted),
        final_error=metrics.get("held_out_coordinate_mse"),
        noise_floor=metrics["noise_coordinate_mse"],
        physical=_physical(fitted),
        training_states=states[:: max(1, len(states) // _MOST_STATES)],
        energy_grid=_energy(fitted, states),
        forecasts=[_forecast(fitted, index, seen) for index in range(len(fitted.measurement.forecasts))],
        residuals=[_residuals(each, learned) for each in fitted.measurement.residuals],
        warnings=[*fitted.warnings],
        use_commands=use_commands,
        repeat_commands=repeat_commands,
        settings=settings,
        versions=fitted.record()["versions"],
        hashes=hashes,
    )


def _data(report: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the report of the data in the form of the page, with one number for each entry of its tables."""
    if not report:
        return {}
    recordings = []
    for each in report["recordings"]:
        periods = [value for value in each["periods"].values() if value is not None]
        counts = {
            "gaps": len(each["gaps"]),
            "missing": sum(each["missing"].values()),
            "duplicates": each["duplicates_dropped"],
            "outliers": each["num_outliers"],
            "periods": each["duration"] / max(periods) if periods else None,
        }
        recordings.append({**each, **counts})
    columns = [{**each, "name": name, "noise_level": each.get("noise")} for name, each in report["columns"].items()]
    return {**report, "recordings": recordings, "columns": columns}


def _measurements(recording: Recording, fitted: MeasuredFit, seen: np.ndarray) -> reports.Measurements:
    held = []
    for forecast in fitted.measurement.forecasts:
        times = forecast.recording.times
        same = forecast.recording.name == recording.name and times[-1] >= recording.times[0]
        if same and times[forecast.num_known] <= recording.times[-1]:
            held.append((float(times[forecast.num_known]), float(times[-1])))
    return reports.Measurements(
        recording=recording.name, times=recording.times, values=_values(recording, seen), held_out=tuple(held)
    )


def _values(recording: Recording, seen: np.ndarray) -> np.ndarray:
    """Returns the observed columns `[T, k]`, with NaN for readings that are missing."""
    there = np.ones(recording.states.shape, bool) if recording.observed is None else recording.observed
    return np.where(there, recording.states, np.nan)[:, seen]


def _candidates(fitted: MeasuredFit) -> list[reports.Candidate]:
    return [
        reports.Candidate(
            name=name,
            description=fitted.described[name],
            held_out_error=values["held_out_error"],
            log_evidence=values.get("log_evidence"),
            seconds=values["seconds"],
            chosen=name == fitted.tried.candidate.model,
        )
        for name, values in fitted.comparison.items()
    ]


def _physical(fitted: MeasuredFit) -> list[reports.PhysicalQuantity]:
    metrics, found = fitted.metrics, []
    for name, value in metrics.items():
        if name.startswith(("friction", "input_gain")) and not name.endswith(("_std", "_interval")):
            low, high = metrics.get(f"{name}_interval", (None, None))
            unit = f"1/{fitted.recordings.time_unit}" if name.startswith("friction") and _unit_mass(fitted) else ""
            found.append(
                reports.PhysicalQuantity(name=name.replace("_", " "), value=value, low=low, high=high, unit=unit)
            )
    return found


def _unit_mass(fitted: MeasuredFit) -> bool:
    recordings = fitted.recordings
    return bool(recordings.time_unit) and recordings.second_half == "velocities" and recordings.masses == (1.0,)


def _energy(fitted: MeasuredFit, states: np.ndarray) -> reports.EnergyPlane | list[reports.EnergySlice]:
    model = fitted.model
    if model.hamiltonian is None or model.num_parameters:
        return []

    def energy(at: np.ndarray) -> np.ndarray:
        return model.hamiltonian(tf.constant(at, model.compute_dtype)).numpy().astype(np.float64)

    low, high = states.min(0), states.max(0)
    margin = _MARGIN * (high - low)
    low, high = low - margin, high + margin
    if states.shape[1] > 2:
        found = []
        for column in range(states.shape[1] // 2):
            grid = np.linspace(low[column], high[column], _GRID)
            at = np.tile(states.mean(0), [_GRID, 1])
            at[:, column] = grid
            values = energy(at)
            found.append(reports.EnergySlice(coordinate=column, grid=grid, energy=values - values.min(), symbol="H"))
        return found
    q, p = (np.linspace(low[i], high[i], _GRID) for i in range(2))
    values = energy(np.stack(np.meshgrid(q, p), -1).reshape(-1, 2)).reshape(_GRID, _GRID)
    arrow_q, arrow_p = (np.linspace(low[i], high[i], _ARROWS) for i in range(2))
    at = tf.constant(np.stack(np.meshgrid(arrow_q, arrow_p), -1).reshape(-1, 2), model.compute_dtype)
    rest = {"inputs": tf.zeros([len(at), model.num_inputs], model.compute_dtype)} if model.num_inputs else {}
    motion = model(at, **rest).numpy().astype(np.float64).reshape(_ARROWS, _ARROWS, 2)
    return reports.EnergyPlane(
        q=q,
        p=p,
        energy=values - values.min(),
        arrow_q=arrow_q,
        arrow_p=arrow_p,
        dq_dt=motion[..., 0],
        dp_dt=motion[..., 1],
        friction=not model.conservative and not model.num_inputs,
    )


def _forecast(fitted: MeasuredFit, index: int, seen: np.ndarray) -> reports.Forecast:
    measurement = fitted.measurement
    forecast: Forecast = measurement.forecasts[index]
    recording, known, path = forecast.recording, forecast.num_known, measurement.states[index]
    low = high = None
    if measurement.bands is not None:
        half = measurement.bands[index][known:]
        low, high = path[known:] - half, path[known:] + half
    values, predicted = _values(recording, seen), path[known:]
    energy = _along(fitted, predicted)
    measured = _along(fitted, recording.states[known:]) if recording.observed is None else None
    if measured is not None:  # H is determined up to a constant
        energy, measured = energy - energy.min(), measured - energy.min()
    else:
        energy = energy - energy.min()
    return reports.Forecast(
        recording=recording.name,
        context_times=recording.times[:known],
        context_values=values[:known],
        times=recording.times[known:],
        measured=values[known:],
        predicted=predicted,
        low=low,
        high=high,
        energy=energy,
        measured_energy=measured,
    )


def _along(fitted: MeasuredFit, states: np.ndarray) -> np.ndarray:
    model = fitted.model
    if model.hamiltonian is None or model.num_parameters:
        return np.full(len(states), np.nan)
    return model.hamiltonian(tf.constant(states, model.compute_dtype)).numpy().astype(np.float64)


def _residuals(residuals: Residuals, recordings: Recordings) -> reports.Residuals:
    verdict = (
        "The residuals look like white noise: the model leaves nothing of the motion."
        if residuals.is_white
        else "The residuals are not white noise: neighbouring residuals are alike, so that the model lacks something."
    )
    return reports.Residuals(
        column=residuals.name,
        unit=recordings.state_units[recordings.state_names.index(residuals.name)],
        times=residuals.times,
        values=residuals.values,
        std=residuals.std,
        autocorrelation=np.concatenate([[1.0], residuals.autocorrelation]),
        band=residuals.bound,
        verdict=verdict,
    )
