"""How well a model of measurements predicts held-out readings."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from hnn_tf.closed_form.linear_forecast import LinearForecast
from hnn_tf.data.recordings import Recordings
from hnn_tf.own_data.candidate_fit import Tried
from hnn_tf.own_data.forecasts import forecast_states, mean_error, padded, squared_errors
from hnn_tf.own_data.held_out import Forecast
from hnn_tf.own_data.residuals import Residuals, residuals_of
from hnn_tf.own_data.scales import Scales

BAND = 1.645
"""The half width of a 90 % band, in standard deviations of a normal distribution."""

INTERVAL = 1.96
"""The half width of a 95 % interval, in standard errors."""

_BAND_STEP = 0.1
"""The longest integrator step of bands in dimensionless time. A band needs only a few digits."""


@dataclasses.dataclass(frozen=True, eq=False)
class Measurement:
    """The forecasts of a model on held-out readings, and numbers that follow from them.

    Attributes:
      forecasts: The held-out readings.
      states: The predicted states `[T_i, 2n]` of each forecast, also at the known readings.
      bands: The half widths `[T_i, 2n]` of 90 % bands for readings; None if the model has no error bars.
      residuals: The residuals of the fit by observed column; empty if the model has no error bars.
      metrics: The numbers; see `MeasuredFit.metrics`.
    """

    forecasts: list[Forecast]
    states: list[np.ndarray]
    bands: list[np.ndarray] | None
    residuals: list[Residuals]
    metrics: dict[str, Any]


def scaled_forecasts(forecasts: Sequence[Forecast], recordings: Recordings, scales: Scales) -> list[Forecast]:
    """Returns dimensionless forecasts."""
    held = dataclasses.replace(recordings, recordings=tuple(each.recording for each in forecasts))
    pairs = zip(scales.scaled(held), forecasts, strict=True)
    return [Forecast(recording, each.num_known) for recording, each in pairs]


def predicted(
    tried: Tried, forecasts: Sequence[Forecast], recordings: Recordings, noise_std: np.ndarray
) -> list[np.ndarray]:
    """Returns the states `[T_i, 2n]` that a candidate predicts, in the units of the recordings."""
    inner = scaled_forecasts(forecasts, recordings, tried.scales)
    states = forecast_states(
        tried.model.network,
        inner,
        noise_std=noise_std / tried.scales.scale,
        interpolation=recordings.input_interpolation,
    )
    return [tried.scales.outer(each) for each in states]


def errors_of(
    tried: Tried, forecasts: Sequence[Forecast], recordings: Recordings, noise_std: np.ndarray
) -> list[np.ndarray]:
    """Returns the squared errors of each forecast, in units of the columns' variances."""
    states = predicted(tried, forecasts, recordings, noise_std)
    return squared_errors(forecasts, states, variances(recordings))


def variances(recordings: Recordings) -> np.ndarray:
    """Returns the variance of each column of the states, `[2n]`."""
    found = np.var(recordings.joined("states"), 0)
    return np.where(found > 0.0, found, 1.0)


def measured(
    tried: Tried,
    baseline: Tried,
    forecasts: list[Forecast],
    recordings: Recordings,
    noise_std: np.ndarray,
) -> Measurement:
    """Measures a model and the baseline on held-out readings.

    Args:
      tried: The model.
      baseline: The baseline.
      forecasts: The held-out readings.
      recordings: The recordings that both were fitted to.
      noise_std: The noise levels `[2n]`, in the units of the recordings.
    """
    states = predicted(tried, forecasts, recordings, noise_std)
    variance, seen = variances(recordings), observed_columns(recordings)
    metrics: dict[str, Any] = {
        "held_out_coordinate_mse": mean_error(squared_errors(forecasts, states, variance)),
        "baseline_coordinate_mse": mean_error(errors_of(baseline, forecasts, recordings, noise_std)),
        "noise_coordinate_mse": float(np.mean((noise_std**2 / variance)[seen])),
    }
    residuals, bands = [], None
    if tried.fit is not None:
        residuals = _residuals(tried, recordings)
        inflation = max(each.inflation for each in residuals)
        bands = _bands(tried, forecasts, states, recordings, inflation)
        covered = [
            np.abs(path - each.recording.states)[each.num_known :] <= band[each.num_known :]
            for path, each, band in zip(states, forecasts, bands, strict=True)
        ]
        there = [_seen(each)[each.num_known :] for each in forecasts]
        metrics["band_coverage"] = float(np.mean(np.concatenate([c[s] for c, s in zip(covered, there, strict=True)])))
        metrics |= _intervals(tried, inflation)
    else:
        metrics |= tried.model.physical_parameters()
    finite = {name: value for name, value in metrics.items() if np.all(np.isfinite(value))}
    return Measurement(forecasts, states, bands, residuals, finite)


def observed_columns(recordings: Recordings) -> np.ndarray:
    """Returns whether each column of the states was ever observed, `[2n]`."""
    if recordings[0].observed is None:
        return np.ones(recordings.width, bool)
    return np.asarray(recordings.joined("observed").any(0))


def _seen(forecast: Forecast) -> np.ndarray:
    recording = forecast.recording
    return np.ones(recording.states.shape, bool) if recording.observed is None else np.asarray(recording.observed)


def _residuals(tried: Tried, recordings: Recordings) -> list[Residuals]:
    paths = [tried.scales.outer(each) for each in tried.fit.states]  # type: ignore[union-attr]
    found = []
    for column in np.flatnonzero(observed_columns(recordings)):
        seen = [np.ones(len(each), bool) if each.observed is None else each.observed[:, column] for each in recordings]
        values = [each.states[:, column] - path[:, column] for each, path in zip(recordings, paths, strict=True)]
        found.append(residuals_of(recordings.state_names[column], [each.times for each in recordings], values, seen))
    return found


def _bands(
    tried: Tried, forecasts: list[Forecast], states: list[np.ndarray], recordings: Recordings, inflation: float
) -> list[np.ndarray]:
    """Returns the half widths of the 90 % bands of readings: of the motion and of the noise together."""
    inner = scaled_forecasts(forecasts, recordings, tried.scales)
    columns = padded([each.recording for each in inner], recordings.input_interpolation)
    for row, each in enumerate(inner):
        columns["observed"][row, each.num_known :] = 0.0
    fit = tried.fit.fit  # type: ignore[union-attr]
    widest = float(np.max(np.diff(columns["times"], axis=1)))
    start = tried.scales.inner(np.stack([path[0] for path in states]))
    field, substeps = tried.fit.field, max(1, math.ceil(widest / _BAND_STEP))  # type: ignore[union-attr]
    forecast = LinearForecast(field, fit, columns, start=start, substeps=substeps)
    _, std = forecast.states()
    total = np.sqrt((inflation * std) ** 2 + fit.noise_std**2) * tried.scales.scale * BAND
    return [row[: len(each.recording)] for row, each in zip(total, inner, strict=True)]


def _intervals(tried: Tried, inflation: float) -> dict[str, Any]:
    """Returns the physical parameters with their standard errors and 95 % intervals, in the user's units."""
    fit = tried.fit.fit  # type: ignore[union-attr]
    values = tried.model.physical_parameters()
    friction_std = None if fit.friction_std is None else np.array([fit.friction_std])
    errors = tried.model.in_units(friction_std, fit.gains_std)
    found: dict[str, Any] = dict(values)
    for name, error in errors.items():
        half = INTERVAL * inflation * error
        found |= {f"{name}_std": inflation * error, f"{name}_interval": [values[name] - half, values[name] + half]}
    return found
