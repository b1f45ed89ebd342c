"""The task of a pendulum with friction, which a motor drives by random torques."""

import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import data, evaluation
from hnn_tf.fitted_model import FittedModel
from hnn_tf.objectives import Objective
from hnn_tf.systems import DrivenPendulum
from trainers.tasks import driven_figures
from trainers.tasks.data_options import DrivenOptions
from trainers.tasks.loss_of_truth import loss_of_truth
from trainers.tasks.task import Models, Task, TaskData, state_of
from trainers.trainer_options import TrainerOptions

NUM_RECORDINGS = 50
NUM_TRAINING = 25
NUM_TIMES = 45
RADIUS = (0.2, 1.5)
"""The range of |s| in which all recordings begin."""

INTERVALS = (0.03, 0.07)
"""The range of the intervals between two readings, in s."""

LARGEST_TORQUE = 2.0
"""The largest torque, in N m. The torque of gravity is 5 N m at most."""

READINGS_A_TORQUE = 9
"""The number of readings after which a new torque is drawn."""

HORIZON = 10.0
"""The span of the evaluated rollouts, in s."""

NUM_EVALUATED_TIMES = 201


class DrivenPendulumTask(Task):
    """The pendulum of Zhong, Dey and Chakraborty (arXiv:1909.12077), with friction, noise, and torques that change.

    Both protocols have the same metrics.
    """

    name = "driven_pendulum"
    angles = (0,)
    num_inputs = DrivenPendulum.num_inputs
    momentum_is_velocity = False

    def load(self, options: TrainerOptions, objective: Objective) -> "DrivenPendulumData":
        """Simulates 50 recordings, each with its own times and its own torque: 25 for training and 25 for tests."""
        del objective  # the data contain everything that any objective needs
        return DrivenPendulumData(options.data, seed=options.training.seed)


class DrivenPendulumData(TaskData):
    """Simulated recordings of one seed."""

    train: data.Recordings
    test: data.Recordings

    def __init__(self, options: DrivenOptions, *, seed: int) -> None:
        self.system = DrivenPendulum(mass=1 / 3, gravity=15.0, damping=options.damping)
        self.state = state_of(self.system, time_unit="s")
        self._interpolation: Any = options.input_interpolation
        rng = np.random.default_rng(seed)
        starts = data.sample_on_radius(rng, NUM_RECORDINGS, radius=RADIUS)
        intervals = rng.uniform(*INTERVALS, [NUM_RECORDINGS, NUM_TIMES - 1])
        times = np.concatenate([np.zeros([NUM_RECORDINGS, 1]), np.cumsum(intervals, 1)], 1)
        recordings = self._recordings(starts, times, rng, noise_std=options.noise_std)
        self.train, self.test = recordings[:NUM_TRAINING], recordings[NUM_TRAINING:]
        self._starts = starts[NUM_TRAINING:]
        self._times = np.linspace(0.0, HORIZON, NUM_EVALUATED_TIMES)
        self._torques = random_torques(rng, len(self._starts), len(self._times), self._interpolation)

    def _recordings(
        self, starts: np.ndarray, times: np.ndarray, rng: np.random.Generator, *, noise_std: float
    ) -> data.Recordings:
        torques = random_torques(rng, len(starts), times.shape[1], self._interpolation)
        true = evaluation.evaluation_rollout(
            self.system, starts, times, inputs=torques, input_interpolation=self._interpolation
        )
        return data.Recordings.from_arrays(
            times,
            data.add_gaussian_noise(true, rng, std=noise_std),
            time_derivatives=self.system(tf.constant(true), tf.constant(torques)).numpy(),
            true_states=true,
            inputs=torques,
            angles=DrivenPendulumTask.angles,
            state_names=self.system.state_names,
            state_units=self.system.state_units,
            time_unit="s",
            input_names=self.system.input_names,
            input_units=self.system.input_units,
            input_interpolation=self._interpolation,
        )

    def evaluate(self, fitted: FittedModel, *, protocol: str) -> dict[str, float]:
        """Returns errors of rollouts under new torques and without torque, and the true friction and gain."""
        del protocol
        model = fitted.model
        clean = {
            "state": self.test.joined("true_states"),
            "time_derivative": self.test.joined("time_derivatives"),
            "inputs": self.test.joined("inputs"),
        }
        found = loss_of_truth(self.system, fitted)
        found["clean_test_loss"] = evaluation.derivative_mse(model, clean)
        for prefix, torques in (("", self._torques), ("free_", np.zeros_like(self._torques))):
            true, predicted = (self._paths(field, torques) for field in (self.system, model))
            scores = evaluation.evaluate_rollouts(self.system, self._times, true, predicted)
            del scores["energy_drift"]  # friction and torques change the true energy
            found |= {prefix + name: value for name, value in scores.items()}
        true_values = {"friction": self.system.damping, "input_gain": 1.0}
        learned = fitted.model.vector_field().physical_parameters()
        return found | {f"{name}_of_truth": value for name, value in true_values.items() if name in learned}

    def _paths(self, field: Any, torques: np.ndarray) -> np.ndarray:
        """Returns the trajectories `[N, T, 2]` of a model or the system under torques `[N, T, 1]`."""
        return evaluation.evaluation_rollout(
            field, self._starts, self._times, inputs=torques, input_interpolation=self._interpolation
        )

    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws truth and models along a test recording, and along a longer motion under new torques."""
        driven_figures.draw(
            folder,
            models,
            system=self.system,
            recording=self.test[:1],
            observed=self.train.joined("states"),
            start=self._starts[:1],
            times=self._times,
            torques=self._torques[:1],
        )


def random_torques(rng: np.random.Generator, count: int, num_times: int, interpolation: str) -> np.ndarray:
    """Returns random torques at the readings `[count, num_times, 1]`, in N m.

    A new torque is drawn for every ninth reading. Between these readings, the torque is constant if it is held.
    Otherwise, it changes by the same amount from each reading to the next.
    """
    reading = np.arange(num_times)
    drawn = rng.uniform(-LARGEST_TORQUE, LARGEST_TORQUE, [count, num_times // READINGS_A_TORQUE + 2])
    if interpolation == "zero_order_hold":
        return drawn[:, reading // READINGS_A_TORQUE, np.newaxis]
    knots = READINGS_A_TORQUE * np.arange(drawn.shape[1])
    return np.stack([np.interp(reading, knots, row) for row in drawn])[..., np.newaxis]


TASK = DrivenPendulumTask()
