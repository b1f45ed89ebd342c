"""The task of a real pendulum with friction, from the Schmidt-Lipson record."""

import pathlib
from typing import Any

import numpy as np

from hnn_tf import data, evaluation
from hnn_tf.evaluation.rollouts import MAX_STEP_SIZE
from hnn_tf.fitted_model import FittedModel
from hnn_tf.input_error import InputError
from hnn_tf.objectives import Objective
from trainers.tasks import planar_figures
from trainers.tasks.task import Models, Task, TaskData
from trainers.trainer_options import TrainerOptions

TRAIN_FRACTION = 0.8
ANGLES = (0,)

MOST_STEPS = 20_000
"""The largest number of the integrator's steps along the held-out readings.

This number takes about 20 s for each model, and the same time again for the figures. The published record takes 222
steps.
"""

GRAVITY = 2.4
"""The coefficient of the reference code's hand-fitted energy, in rad^2/s^2.

The energy is 2.4 (1 - cos q) + p^2, with the angular velocity as p.
"""


class RealPendulumTask(Task):
    """The measured pendulum, with the angle (rad) as q and the angular velocity (rad/s) as p."""

    name = "real_pendulum"
    angles = ANGLES

    def load(self, options: TrainerOptions, objective: Objective) -> "RealPendulumData":
        """Reads the record from a file, or downloads it."""
        path = options.data.data_path
        record = data.read_pendulum_record(path or None)
        _check_length(record, path)
        return RealPendulumData(record, options, objective)


class RealPendulumData(TaskData):
    """The record, whose first 80 % are for training and whose rest is held out, in the order of time.

    The reference code trains on 444 forward differences and tests on the next 110 (of 555). The derivative objective
    here does the same. All readings of a one-step sample are on one side of the split.
    """

    train: data.Recordings
    test: data.Recordings
    state = {"names": ["q", "p"], "units": ["rad", "rad/s"], "time_unit": "s", "energy_unit": "rad²/s²"}

    def __init__(self, record: data.PendulumRecord, options: TrainerOptions, objective: Objective) -> None:
        split, noise_std = num_training(record), options.data.noise_std
        self._held_out = data.PendulumRecord(record.times[split:], record.states[split:])
        if noise_std:
            rng = np.random.default_rng(options.training.seed)
            noisy = data.add_gaussian_noise(record.states[:split], rng, std=noise_std)
            record = data.PendulumRecord(record.times, np.concatenate([noisy, record.states[split:]]))
        end = len(record.times) - 2  # the reference code leaves out the last difference
        self._num_paper_test = end - split
        if objective.matches_at_states and not options.objective.derivatives:
            states, slopes = data.forward_differences(record)
            self.train = _recording(record.times[:split], states[:split], slopes[:split])
            self.test = _recording(record.times[split:end], states[split:end], slopes[split:end])
            return
        self.train = _recording(record.times[:split], record.states[:split])
        self.test = _recording(self._held_out.times, self._held_out.states)
        if objective.uses_derivatives and not options.objective.derivatives:
            self.derivative_estimator = "smoothing_spline"  # nobody measured them, and forward differences damp

    def evaluate(self, fitted: FittedModel, *, protocol: str) -> dict[str, float]:
        """Returns energy and coordinate metrics along the held-out readings, from the first one, at their own times."""
        count = self._num_paper_test if protocol == "paper" else len(self._held_out.times)
        times, measured = self._held_out.times[:count], self._held_out.states[None, :count]
        predicted = evaluation.evaluation_rollout(fitted.model, measured[:, 0], times)
        measured_energy, predicted_energy = _energy(measured), _energy(predicted)
        metrics = {
            "energy_mse": evaluation.energy_mse(measured_energy, predicted_energy),
            "coordinate_mse": evaluation.coordinate_mse(measured, predicted),
        }
        if protocol == "clean":
            metrics |= {
                "valid_prediction_time": evaluation.valid_prediction_time(times, measured, predicted),
                "energy_drift": evaluation.energy_drift(times, predicted_energy),
                "measured_energy_drift": evaluation.energy_drift(times, measured_energy),
            }
        return metrics

    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws the held-out readings and the models' rollouts from the first of them."""
        planar_figures.draw(
            folder,
            models,
            energy=_energy,
            energy_unit=self.state["energy_unit"],
            state_names=self.state["names"],
            state_units=self.state["units"],
            truth_label="measured",
            true_field=None,
            true_hamiltonian=None,
            truth=self._held_out.states,
            times=self._held_out.times,
            observed=self.train.joined("states"),
            configuration="pendulum",
        )


def _check_length(record: Any, path: str | None) -> None:
    times = record.times[num_training(record) :]
    # The steps are floats, because integers may overflow for times far apart.
    steps = float(np.sum(np.ceil(np.diff(times) / MAX_STEP_SIZE)))
    if steps > MOST_STEPS:
        raise InputError(
            f"--data_path={path}: expected a last fifth that rollouts can follow by {MOST_STEPS} steps of at most "
            f"{MAX_STEP_SIZE} s; the last fifth has {len(times)} readings over {times[-1] - times[0]:.3g} s and needs "
            f"{steps:.3g} steps; give times in s, a part of the record, or every tenth reading"
        )


def _energy(states: Any) -> Any:
    """Returns the reference's energy `[...]` of states `[..., 2]`, which is only a metric.

    The motion of this energy is not the motion of this pendulum.
    """
    q, p = np.moveaxis(np.asarray(states), -1, 0)
    return GRAVITY * (1.0 - np.cos(q)) + p**2


def num_training(record: Any) -> int:
    """Returns the number of a record's readings for training, which are its first readings."""
    return int(TRAIN_FRACTION * (len(record.times) - 1))


def transitions(record: Any) -> dict[str, Any]:
    """Returns the columns `state`, `next_state` `[T - 1, 2]` and `time_step` `[T - 1, 1]` of a record's T readings."""
    time_step = (record.times[1:] - record.times[:-1])[:, None]
    return {"state": record.states[:-1], "next_state": record.states[1:], "time_step": time_step}


def _recording(times: np.ndarray, states: np.ndarray, time_derivatives: np.ndarray | None = None) -> data.Recordings:
    derivatives = None if time_derivatives is None else [time_derivatives]
    description: dict[str, Any] = {"state_names": ("q", "p"), "state_units": ("rad", "rad/s"), "time_unit": "s"}
    return data.Recordings.from_arrays(
        times - times[0], [states], time_derivatives=derivatives, angles=ANGLES, **description
    )


TASK = RealPendulumTask()
