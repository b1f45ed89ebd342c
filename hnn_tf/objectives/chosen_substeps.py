"""The choice of an objective's substeps from the data, before the training."""

import copy
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.numerics.substeps import choose_substeps
from hnn_tf.objectives.integrated_objective import MOST_READINGS, largest
from hnn_tf.objectives.one_step import OneStep
from hnn_tf.typing import Samples, State


def with_chosen_substeps(objective: Any, samples: Samples) -> Any:
    """Returns the objective itself or, if its substeps are still to be chosen, a copy with chosen substeps.

    The choice uses the linear motion ds/dt = A s + B u + b, where u are the inputs, if there are some. Recordings of
    different parameters have one such motion for all of them. This motion is fitted to the secants (s' - s) / dt at
    (s + s') / 2 of the wider half of the gaps. The integrator steps this motion over all gaps. The linear motion has
    the time scale of the true motion: for a rotation by the angle a, secants are too steep by tan(a / 2) / (a / 2),
    which is on the safe side. Other properties of a trained model's motion are checked only after the training, by
    `Objective.integration_error`. Along a segment of a trajectory, the errors of its steps add up.

    If there are many readings, the motion is fitted to readings at a regular stride, and the integrator steps only over
    the widest gaps. The error is then scaled to the number of all gaps, as if all gaps were as wide. Readings that are
    not finite are left out. If none is left, the number of substeps is one.

    Args:
      objective: Any `Objective`.
      samples: The objective's columns.
    """
    if "substeps" not in objective.found or objective.substeps is not None:
        return objective
    gaps = _gaps(samples)
    widest = _transitions(samples, largest(gaps, MOST_READINGS))
    fitted = _transitions(samples, np.arange(0, len(gaps), max(1, -(-len(gaps) // MOST_READINGS))))
    chosen = copy.copy(objective)
    chosen.substeps = 1
    if len(widest["state"]) and len(fitted["state"]):
        motion = _LinearMotion(fitted, separable=objective.integrator.requires_separable)
        scale = _steps_of_a_segment(samples) * (len(gaps) / len(widest["state"])) ** 0.5
        chosen.substeps = choose_substeps(
            lambda n: scale * OneStep(integrator=objective.integrator, substeps=n).integration_error(motion, widest)
        )
    return chosen


def _gaps(samples: Samples) -> np.ndarray:
    """Returns |dt| of all transitions `[N]`, with 0 where it is not finite."""
    if "time_step" in samples:
        step = np.asarray(samples["time_step"])
        gaps = np.abs(step.reshape(len(step), -1)[:, 0])
    else:
        gaps = np.diff(np.asarray(samples["times"], np.float64), axis=1).ravel()
        np.abs(gaps, out=gaps)
    gaps[~np.isfinite(gaps)] = 0.0
    return gaps


def _steps_of_a_segment(samples: Samples) -> int:
    """Returns the largest number of transitions that follow each other."""
    if "time_step" in samples:
        return 1
    return -(-(np.shape(samples["times"])[1] - 1) // np.shape(samples["initial_state"])[1])


def _transitions(samples: Samples, chosen: np.ndarray) -> dict[str, np.ndarray]:
    """Returns the columns of `OneStep` in double precision, for the finite ones of the chosen transitions."""
    given = [name for name in ("inputs", "end_inputs") if name in samples]
    if "time_step" in samples:
        names = (*OneStep.columns, *given)
        pairs = {name: np.asarray(samples[name])[chosen].astype(np.float64) for name in names}
    else:
        times, states = np.asarray(samples["times"]), np.asarray(samples["states"])
        row, column = np.divmod(chosen, times.shape[1] - 1)
        step = times[row, column + 1].astype(np.float64) - times[row, column].astype(np.float64)
        pairs = {
            "state": states[row, column].astype(np.float64),
            "next_state": states[row, column + 1].astype(np.float64),
            "time_step": step[:, np.newaxis],
        }
        pairs |= {name: np.asarray(samples[name])[row, column].astype(np.float64) for name in given}
    finite = np.all([np.isfinite(column.reshape(len(chosen), -1)).all(1) for column in pairs.values()], 0)
    return {name: column[finite] for name, column in pairs.items()}


class _LinearMotion:
    """The motion ds/dt = A s + B u + b, fitted to transitions.

    If an integrator needs a separable motion, dq/dt depends only on p, and dp/dt only on q.
    """

    def __init__(self, pairs: dict[str, np.ndarray], *, separable: bool) -> None:
        gap = np.abs(pairs["time_step"]).reshape(len(pairs["state"]), -1)[:, 0]
        wide = (gap >= np.median(gap)) & (gap > 0.0)
        state, next_state, step = (pairs[name][wide] for name in OneStep.columns)
        regressors = [(state + next_state) / 2.0, np.ones([len(state), 1])]
        if "inputs" in pairs:
            regressors.append((pairs["inputs"] + pairs["end_inputs"])[wide] / 2.0)
        # Secants have the weights of their gaps, so that their errors are the errors of the states.
        rows = np.concatenate(regressors, 1) * step
        matrix = np.linalg.lstsq(rows, next_state - state, rcond=None)[0]
        width = state.shape[1]
        slope = matrix[:width]
        if separable:
            one = np.ones([width // 2])
            is_position = phase_space.join(one, 0.0 * one).numpy()
            slope = np.where(is_position[:, np.newaxis] != is_position, slope, 0.0)
        self.separable, self._slope, self._constant = separable, tf.constant(slope), tf.constant(matrix[width])
        self._gains = tf.constant(matrix[width + 1 :])

    def __call__(self, state: State, inputs: tf.Tensor | None = None) -> tf.Tensor:
        free = tf.matmul(state, self._slope) + self._constant
        return free if inputs is None else free + tf.matmul(inputs, self._gains)
