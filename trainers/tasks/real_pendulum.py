"""A real pendulum, with friction, from the Schmidt-Lipson record."""

import pathlib
from typing import Any

import numpy as np

from hnn_tf import data, derivative_estimators, evaluation
from hnn_tf.evaluation.rollouts import MAX_STEP_SIZE
from hnn_tf.input_error import InputError
from trainers.tasks import planar_figures, samples
from trainers.tasks.task import Models, Task, TaskData

TRAIN_FRACTION = 0.8
ANGLES = (0,)

MOST_STEPS = 20_000
"""Of the integrator along the held-out readings, some 20 s for each model, and again for the figures; the published
record takes 222."""

GRAVITY = 2.4
"""Of the reference code's hand-fitted energy, 2.4 (1 - cos q) + p^2 with the angular velocity as p, in rad^2/s^2."""


class RealPendulumTask(Task):
    """The measured pendulum: angle (rad) as q, angular velocity (rad/s) as p."""

    name = "real_pendulum"
    angles = ANGLES

    def defaults(self, protocol: str) -> dict[str, Any]:
        """The paper matches forward differences, which damp; the clean protocol trains through the integrator.

        A step's loss is a hundredth of a slope's, so that the paper's L2 would weigh as much, and slow the clock.
        """
        if protocol == "paper":
            return super().defaults(protocol) | {"weight_decay": 1e-5}
        return {"objective": "one_step", "weight_decay": 0.0}

    def load(self, settings: Any) -> "RealPendulumData":
        """Reads the record from --data_path, or downloads it."""
        record = data.read_pendulum_record(settings.data_path or None)
        _check_length(record, settings.data_path)
        return RealPendulumData(record, settings)


class RealPendulumData(TaskData):
    """The record, its first 80 % to train and the rest held out, in the order of time.

    The reference code trains on 444 forward differences and tests on the next 110 (of 555); so does the
    derivative objective here. One-step samples lie wholly on one side of the split.
    """

    angles = ANGLES
    state = {"names": ["q", "p"], "units": ["rad", "rad/s"], "time_unit": "s", "energy_unit": "rad²/s²"}

    def __init__(self, record: Any, settings: Any) -> None:
        super().__init__()
        split = num_training(record)
        self._held_out = data.PendulumRecord(record.times[split:], record.states[split:])
        if settings.noise_std:
            rng = np.random.default_rng(settings.seed)
            noisy = data.add_gaussian_noise(record.states[:split], rng, std=settings.noise_std)
            record = data.PendulumRecord(record.times, np.concatenate([noisy, record.states[split:]]))
        states, slopes = data.forward_differences(record)
        end = len(states) - 1  # the reference leaves the last one out
        self.train = {
            "derivative": {"state": states[:split], "time_derivative": slopes[:split]},
            "one_step": transitions(data.PendulumRecord(record.times[:split], record.states[:split])),
            **_whole(record.times[:split], record.states[:split], settings),
        }
        self.test = {
            "derivative": {"state": states[split:end], "time_derivative": slopes[split:end]},
            "one_step": transitions(self._held_out),
            **_whole(self._held_out.times, self._held_out.states, settings),
        }
        self._num_paper_test = end - split

    def evaluate(self, model: Any, *, objective: Any, protocol: str) -> dict[str, float]:
        """Energy and coordinates along the held-out readings, from the first of them, at their own times."""
        del objective

        count = self._num_paper_test if protocol == "paper" else len(self._held_out.times)
        times, measured = self._held_out.times[:count], self._held_out.states[None, :count]
        predicted = evaluation.evaluation_rollout(model, measured[:, 0], times)
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
            observed=self.train["derivative"]["state"],
            configuration="pendulum",
        )


def _check_length(record: Any, path: str | None) -> None:
    times = record.times[num_training(record) :]
    # Floats: of times far apart, integers may overflow.
    steps = float(np.sum(np.ceil(np.diff(times) / MAX_STEP_SIZE)))
    if steps > MOST_STEPS:
        raise InputError(
            f"--data_path={path}: expected a last fifth that rollouts can follow by {MOST_STEPS} steps of at most "
            f"{MAX_STEP_SIZE} s; its {len(times)} readings over {times[-1] - times[0]:.3g} s take {steps:.3g}; "
            "give a part of the record, or every tenth reading (times are in s)"
        )


def _energy(states: Any) -> Any:
    """The reference's energy `[...]` of states `[..., 2]`; a metric only, its motion isn't this pendulum's."""
    q, p = np.moveaxis(np.asarray(states), -1, 0)
    return GRAVITY * (1.0 - np.cos(q)) + p**2


def num_training(record: Any) -> int:
    """How many readings of a record are trained on: the first."""
    return int(TRAIN_FRACTION * (len(record.times) - 1))


def transitions(record: Any) -> dict[str, Any]:
    """Columns `state`, `next_state` `[T - 1, 2]` and `time_step` `[T - 1, 1]` of a record's T readings."""
    time_step = (record.times[1:] - record.times[:-1])[:, None]
    return {"state": record.states[:-1], "next_state": record.states[1:], "time_step": time_step}


def _whole(times: Any, states: Any, settings: Any) -> dict[str, Any]:
    """Columns of the objectives that see a trajectory as a whole; nobody measured derivatives, so they are estimated.

    With --derivatives, the derivative objective matches the same estimates instead of forward differences.
    """
    name, whole_objectives = getattr(settings, "derivatives", None), ("trajectory", "combined", "weak")
    if not name and getattr(settings, "objective", None) not in whole_objectives:
        return {}  # short records have too few readings for an estimate, which isn't asked for
    estimator = derivative_estimators.DERIVATIVE_ESTIMATORS[name or "smoothing_spline"]()
    estimate = estimator.estimate(times, states[None])
    record = data.Trajectories(times - times[0], states[None], states[None], estimate.time_derivatives)
    whole = record.trajectory_samples(num_segments=samples.num_segments(len(times), settings))
    columns = dict.fromkeys(whole_objectives, whole)
    matched = {"state": estimate.states[0], "time_derivative": estimate.time_derivatives[0]}
    return columns | ({"derivative": matched} if name else {})


TASK = RealPendulumTask()
