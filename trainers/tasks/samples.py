"""Samples of trajectories for each objective, with derivatives as measured or as estimated."""

import dataclasses
from typing import Any

from hnn_tf import derivative_estimators
from hnn_tf.input_error import InputError
from hnn_tf.objectives.trajectory_matching import READINGS_A_SEGMENT


def by_objective(trajectories: Any, settings: Any) -> dict[str, Any]:
    """Objective name -> columns, of `hnn_tf.data.Trajectories`.

    With --derivatives, the derivative objective matches the estimates at the denoised states, and the combined one at
    the rolled-out states.
    """
    name = getattr(settings, "derivatives", None)
    matched = trajectories
    if name is not None:
        estimator = derivative_estimators.DERIVATIVE_ESTIMATORS[name]()
        estimate = estimator.estimate(trajectories.times, trajectories.states)
        trajectories = dataclasses.replace(trajectories, time_derivatives=estimate.time_derivatives)
        matched = dataclasses.replace(trajectories, states=estimate.states)
    whole = trajectories.trajectory_samples(num_segments=num_segments(len(trajectories.times), settings))
    return {
        "derivative": matched.observed_samples(),
        "one_step": trajectories.transition_samples(),
        "trajectory": whole,
        "combined": whole,
        "weak": whole,
    }


def num_segments(num_times: int, settings: Any) -> int:
    """As many segments as --segments says, or as keep them at some 40 observations."""
    asked = getattr(settings, "segments", 0)
    if asked >= num_times:
        raise InputError(f"--segments={asked}: expected fewer than the {num_times} times of a trajectory")
    return asked or max(1, round(num_times / READINGS_A_SEGMENT))
