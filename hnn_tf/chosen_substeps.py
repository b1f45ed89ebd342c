"""Substeps of an objective, chosen by the data before anything is trained."""

import copy
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.objectives import OneStep
from hnn_tf.substeps import choose_substeps
from hnn_tf.typing import Samples


def with_chosen_substeps(objective: Any, samples: Samples) -> Any:
    """The objective itself, or, if its substeps are to be chosen, a copy of it that has them.

    The linear motion ds/dt = A s + b, fitted to the secants (s' - s) / dt at (s + s') / 2 of the wider half of the
    gaps, is stepped over all of them. It has the time scale of the motion: of a rotation by the angle a, secants are
    too steep by tan(a / 2) / (a / 2), on the safe side. What else a trained model moves like is seen only after the
    training, by `Objective.integration_error`. Along a segment of a trajectory, the errors of its steps add up.

    Args:
      objective: Any `Objective`.
      samples: Its columns.
    """
    if getattr(objective, "substeps", 1) is not None:
        return objective
    pairs, length = _transitions(samples)
    motion = _linear_motion(pairs)
    chosen = copy.copy(objective)
    chosen.substeps = choose_substeps(
        lambda n: length * OneStep(integrator=objective.integrator, substeps=n).integration_error(motion, pairs)
    )
    return chosen


def _transitions(samples: Samples) -> tuple[dict[str, np.ndarray], int]:
    """Columns of `OneStep` in double precision, and how many transitions follow each other at the most."""
    if "time_step" in samples:
        return {name: np.asarray(samples[name], np.float64) for name in OneStep.columns}, 1
    times, states = (np.asarray(samples[name], np.float64) for name in ("times", "states"))
    width = states.shape[-1]
    pairs = {
        "state": states[:, :-1].reshape(-1, width),
        "next_state": states[:, 1:].reshape(-1, width),
        "time_step": np.diff(times, axis=1).reshape(-1, 1),
    }
    return pairs, -(-(times.shape[1] - 1) // np.shape(samples["initial_state"])[1])


def _linear_motion(pairs: dict[str, np.ndarray]) -> Any:
    gap = np.abs(pairs["time_step"]).reshape(len(pairs["state"]), -1)[:, 0]
    wide = (gap >= np.median(gap)) & (gap > 0.0)
    state, next_state, step = (pairs[name][wide] for name in OneStep.columns)
    # Secants weigh by their gaps: so do their errors, which are those of the states.
    rows = np.concatenate([(state + next_state) / 2.0, np.ones([len(state), 1])], 1) * step
    matrix = np.linalg.lstsq(rows, next_state - state, rcond=None)[0]
    slope, constant = tf.constant(matrix[:-1]), tf.constant(matrix[-1])
    return lambda state: tf.matmul(state, slope) + constant
