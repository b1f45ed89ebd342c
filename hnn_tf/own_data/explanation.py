"""The sentences that say what was learned from measurements, and what to be careful about."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from hnn_tf.data.recordings import Recordings
from hnn_tf.declarations import declared
from hnn_tf.own_data.candidate_fit import Tried
from hnn_tf.own_data.measurement import Measurement, observed_columns


def explained(
    tried: Tried,
    measurement: Measurement,
    errors: Mapping[str, float],
    twin: str | None,
    recordings: Recordings,
    *,
    period: float | None,
) -> tuple[str, ...]:
    """Returns three sentences: the model, its friction, and its forecasts.

    Args:
      tried: The chosen model.
      measurement: Its forecasts.
      errors: The errors on the held-out readings of the choice, by candidate.
      twin: The candidate that differs from the chosen one only by friction, if it was tried.
      recordings: The recordings that the model was fitted to.
      period: The period of the motion, if it is known.
    """
    columns = np.flatnonzero(observed_columns(recordings))
    names = ", ".join(recordings.state_names[i] for i in columns)
    first = f"The motion of {names} is described by a model with {tried.candidate.words}"
    first += f", chosen among {len(errors)} models by forecasts of held-out readings." if len(errors) > 1 else "."
    metrics, time = measurement.metrics, _unit(recordings.time_unit)
    noise = metrics["noise_coordinate_mse"]
    error = metrics.get("held_out_coordinate_mse", float("inf"))
    spans = [each.recording.times[-1] - each.recording.times[each.num_known - 1] for each in measurement.forecasts]
    longest = float(max(spans))
    span = f"{_number(longest)}{time}"
    if period is not None:
        span += f" ({longest / period:.1f} periods)"
    sizes = [_column_error(measurement, int(i)) for i in columns]
    each = " and ".join(
        f"{_number(size)}{_unit(recordings.state_units[i])} of {recordings.state_names[i]}"
        for i, size in zip(columns, sizes, strict=True)
    )
    third = (
        f"Over up to {span}, its forecasts of held-out readings are off by {each} (root mean square), "
        f"{(error / noise) ** 0.5:.1f} times the noise of the readings"
    )
    baseline = metrics.get("baseline_coordinate_mse")
    third += (
        "." if not baseline else f"; the squared error of a network without an energy is {_times(baseline / error)}."
    )
    return first, _friction(tried, metrics, errors, twin, recordings), third


def _friction(
    tried: Tried, metrics: Mapping[str, Any], errors: Mapping[str, float], twin: str | None, recordings: Recordings
) -> str:
    own = errors.get(tried.candidate.model, float("nan"))
    ratio = None if twin is None or twin not in errors or not own else errors[twin] / own
    dissipation = declared(tried.model.network, "dissipation")
    if dissipation is None:
        if ratio is None:
            return "The model has no friction."
        return f"The model has no friction: with friction, the held-out squared error is {_times(ratio)}."
    if declared(dissipation, "coefficient") is None:
        return "Its friction depends on the state, so that no single coefficient describes it."
    unit = f" 1/{recordings.time_unit}" if recordings.time_unit else ""
    if recordings.masses != (1.0,) or recordings.second_half == "momenta":
        unit = " (mass / time)"
    if "friction_interval" not in metrics:
        values = [value for name, value in metrics.items() if name.startswith("friction") and isinstance(value, float)]
        return f"The friction is {', '.join(f'{value:.3g}' for value in values)}{unit}, without an interval."
    low, high = metrics["friction_interval"]
    value, error = _with_error(metrics["friction"], (high - low) / 2.0)
    sentence = f"The friction is {value} ± {error}{unit} (95 % interval)"
    if low <= 0.0:
        return f"{sentence}, so that there may be none."
    return (
        f"{sentence}." if ratio is None else f"{sentence}: without it, the held-out squared error is {_times(ratio)}."
    )


def _column_error(measurement: Measurement, column: int) -> float:
    """Returns the root mean square of the forecasts' errors of an observed column, in its unit."""
    errors = []
    for forecast, path in zip(measurement.forecasts, measurement.states, strict=True):
        recording, first = forecast.recording, forecast.num_known
        left = (path - recording.states)[first:, column]
        errors.append(left if recording.observed is None else left[recording.observed[first:, column]])
    every = np.concatenate(errors)
    return float(np.sqrt(np.mean(every**2))) if every.size else float("nan")


def _times(ratio: float) -> str:
    if not np.isfinite(ratio):
        return "infinite, because the forecasts diverge"
    if 0.95 < ratio < 1.05:
        return "the same"
    size = max(ratio, 1.0 / ratio)
    digits = f"{size:.2g}" if size < 10.0 else f"{float(f'{size:.2g}'):.0f}"  # 130, and not 1.3e+02
    return f"{digits} times larger" if ratio > 1.0 else f"{digits} times smaller"


def _with_error(value: float, error: float) -> tuple[str, str]:
    """Returns a number with the digits that its error of one significant digit leaves."""
    if not error > 0.0 or not np.isfinite(error):
        return f"{value:.3g}", f"{error:.1g}"
    digits = max(0, -int(np.floor(np.log10(error))))
    return f"{value:.{digits}f}", f"{error:.{digits}f}"


def _number(value: float) -> str:
    return f"{value:.3g}"


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""
