"""The sentences that say what was learned from measurements, and what to be careful about."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from hnn_tf.data.recordings import Recordings
from hnn_tf.declarations import declared
from hnn_tf.own_data.candidate_fit import Tried
from hnn_tf.own_data.measurement import Measurement, observed_columns, variances


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
    first += f", the best of {len(errors)} models on held-out readings." if len(errors) > 1 else "."
    metrics, time = measurement.metrics, _unit(recordings.time_unit)
    noise = metrics["noise_coordinate_mse"]
    error = metrics.get("held_out_coordinate_mse", float("inf"))
    spans = [each.recording.times[-1] - each.recording.times[each.num_known - 1] for each in measurement.forecasts]
    longest = float(max(spans))
    span = f"{_number(longest)}{time}"
    if period is not None:
        span += f" ({longest / period:.1f} periods)"
    sizes = np.sqrt(error * variances(recordings)[columns])
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
    if "friction_interval" in metrics:
        half = (metrics["friction_interval"][1] - metrics["friction_interval"][0]) / 2.0
        value, error = _with_error(metrics["friction"], half)
        unit = f" 1/{recordings.time_unit}" if recordings.time_unit else ""
        if recordings.masses != (1.0,) or recordings.second_half == "momenta":
            unit = " (mass / time)"
        sentence = f"Friction of {value} ± {error}{unit} (95 % interval) is needed"
        if ratio is None:
            return sentence + "."
        return f"{sentence}: without it, the held-out squared error is {_times(ratio)}."
    if declared(tried.model.network, "dissipation") is None:
        if ratio is None:
            return "A model of this kind with friction was not tried."
        return f"No friction is needed: with it, the held-out squared error is {_times(ratio)}."
    return "Its friction, if there is some, depends on the state, so that no single coefficient describes it."


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
