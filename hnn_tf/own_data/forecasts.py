"""Forecasts: rollouts of a model from the state that fits the known readings best."""

import math
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.data.recording import Recording
from hnn_tf.input_interpolation import InputInterpolation
from hnn_tf.motion_inputs import interval_ends
from hnn_tf.objectives.initial_states import estimate_initial_states
from hnn_tf.objectives.trajectory_matching import TrajectoryMatching
from hnn_tf.own_data.held_out import Forecast
from hnn_tf.rollouts.rollout_at_times import rollout_at_times

STEP = 0.05
"""The longest integrator step in dimensionless time, in which a period is about 6.

The fourth-order steps then err by some 1e-6 over ten periods. A method of a higher order would take longer to trace
than these steps take to run.
"""

_MOST_SUBSTEPS = 64


def forecast_states(
    model: keras.Model, forecasts: Sequence[Forecast], *, noise_std: np.ndarray, interpolation: InputInterpolation
) -> list[np.ndarray]:
    """Returns the states `[T_i, 2n]` along each forecast, also at its known readings.

    Args:
      model: A model of the states of the forecasts.
      forecasts: Dimensionless forecasts.
      noise_std: The noise levels `[2n]`, by which the known readings are weighted.
      interpolation: The inputs between two readings; see `Recordings`.
    """
    known = padded([each.recording.between(0, each.num_known) for each in forecasts], interpolation)
    substeps = min(_MOST_SUBSTEPS, max(1, math.ceil(float(np.max(np.diff(known["times"], axis=1))) / STEP)))
    objective = TrajectoryMatching(noise_std=noise_std, substeps=substeps, integrator="rk4")
    columns = known | {"initial_state": known["states"][:, :1]}
    starts = estimate_initial_states(model, objective, columns)[:, 0]
    whole = padded([each.recording for each in forecasts], interpolation)
    paths = rollout_at_times(
        model,
        tf.constant(starts, model.compute_dtype),
        tf.constant(whole["times"], model.compute_dtype),
        max_step_size=STEP,
        inputs=tf.constant(whole["inputs"], model.compute_dtype) if "inputs" in whole else None,
        input_interpolation=interpolation,
        parameters=tf.constant(whole["parameters"], model.compute_dtype) if "parameters" in whole else None,
        integrator="rk4",
    ).numpy()
    return [path[: len(each.recording)].astype(np.float64) for path, each in zip(paths, forecasts, strict=True)]


def squared_errors(
    forecasts: Sequence[Forecast], states: Sequence[np.ndarray], variance: np.ndarray
) -> list[np.ndarray]:
    """Returns the squared errors at the observed predicted numbers of each forecast, relative to variances `[2n]`."""
    found = []
    for forecast, path in zip(forecasts, states, strict=True):
        recording, first = forecast.recording, forecast.num_known
        errors = (path - recording.states)[first:] ** 2 / variance
        seen = np.ones_like(errors, bool) if recording.observed is None else recording.observed[first:]
        found.append(errors[seen])
    return found


def mean_error(errors: Sequence[np.ndarray]) -> float:
    """Returns the mean of all squared errors; infinity if a forecast diverges."""
    every = np.concatenate(errors) if errors else np.zeros(0)
    return float(np.mean(every)) if every.size and np.isfinite(every).all() else float("inf")


def padded(recordings: Sequence[Recording], interpolation: InputInterpolation) -> dict[str, np.ndarray]:
    """Returns columns of recordings of different lengths. A shorter recording repeats its last reading.

    Args:
      recordings: The recordings.
      interpolation: The inputs between two readings.

    Returns:
      `times`, from 0, `states`, `observed`, which is 0 for repeated readings, and `inputs`, `end_inputs` and
      `parameters` if there are some.
    """
    longest = max(map(len, recordings))

    def column(arrays: Sequence[np.ndarray]) -> np.ndarray:
        return np.stack([np.concatenate([each, np.repeat(each[-1:], longest - len(each), 0)]) for each in arrays])

    weights = []
    for each in recordings:
        seen = np.ones(each.states.shape) if each.observed is None else each.observed.astype(np.float64)
        weights.append(np.concatenate([seen, np.zeros([longest - len(each), seen.shape[1]])]))
    found = {
        "times": column([each.times - each.times[0] for each in recordings]),
        "states": column([each.states for each in recordings]),
        "observed": np.stack(weights),
    }
    inputs = [each.inputs for each in recordings if each.inputs is not None]
    if inputs:
        found["inputs"] = column(inputs)
        found["end_inputs"] = interval_ends(found["inputs"], interpolation)
    parameters = [each.parameters for each in recordings if each.parameters is not None]
    if parameters:
        found["parameters"] = np.stack(parameters)
    return found
