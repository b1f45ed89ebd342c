"""The sentences that say what to be careful about with a fit of measurements."""

from hnn_tf.data.recordings import Recordings
from hnn_tf.own_data.candidate_fit import Tried
from hnn_tf.own_data.lyapunov import lyapunov_time
from hnn_tf.own_data.measurement import Measurement

_MUCH_NOISE = 4.0
"""The ratio of the forecasts' error to the noise, both squared, above which a sentence says so."""


def fit_warnings(
    tried: Tried, measurement: Measurement, recordings: Recordings, *, horizon: float, structured: bool
) -> list[str]:
    """Returns sentences that say what to be careful about.

    Args:
      tried: The chosen model.
      measurement: Its forecasts.
      recordings: The recordings that it was fitted to.
      horizon: The longest time of a forecast.
      structured: Whether the model is not the baseline.
    """
    metrics = measurement.metrics
    lines: list[str] = []
    if not structured:
        lines.append(
            "No model with an energy predicts the held-out readings nearly as well as a network without one. The "
            "system may have inputs that were not measured, or needs other coordinates."
        )
    error, noise = metrics.get("held_out_coordinate_mse", float("inf")), metrics["noise_coordinate_mse"]
    if error > _MUCH_NOISE * noise:
        lines.append(
            f"The forecasts' error is {(error / noise) ** 0.5:.1f} times the noise, so that the model lacks "
            "something of the motion, or the forecast is longer than the motion can be predicted."
        )
    lines += [
        f"The residuals of {each.name} are not white noise: neighbouring residuals are alike, and error bars were "
        f"widened by the factor {each.inflation:.1f}. The model lacks something of the motion."
        for each in measurement.residuals
        if not each.is_white
    ]
    if not recordings.num_inputs and not recordings.num_parameters:
        inner = tried.scales
        start = inner.inner(measurement.states[0][measurement.forecasts[0].num_known - 1])
        duration = horizon / inner.time
        unstable = lyapunov_time(tried.model.network, start, duration=duration, step=0.1)
        if unstable is not None:
            lines.append(
                f"The motion is unstable: a small error grows by a factor e in about {unstable * inner.time:.3g} "
                f"{recordings.time_unit}".rstrip()
                + ". Forecasts over several such times are not possible."
            )
    return lines
