"""The tasks of a true planar system: mass_spring and pendulum."""

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import data, evaluation
from hnn_tf.fitted_model import FittedModel
from hnn_tf.objectives import Objective
from trainers.tasks import planar_figures
from trainers.tasks.loss_of_truth import loss_of_truth
from trainers.tasks.rollout_scores import RolloutScores
from trainers.tasks.task import Models, Task, TaskData, state_of
from trainers.trainer_options import TrainerOptions

HORIZON = 20.0
"""The span of the rollouts of the clean protocol and of the figures, in units of time."""

NUM_TRAJECTORIES = 50
TRAJECTORY_SPAN = 3.0
TRAIN_FRACTION = 0.5


@dataclasses.dataclass(frozen=True)
class SimulatedTask(Task):
    """A task with noisy trajectories of a known planar system.

    Args:
      name: The name of the task.
      make_system: A function that makes the true system.
      num_times: The number of observations per trajectory, over [0, 3].
      radius: The range of |s| in which training and test trajectories begin.
      ood_radius: The range of |s| for the metrics out of distribution.
      paper_time_stretch: The stretch of the models' clock in the paper's energy metric.
      configuration: The kind of the system's drawing in the animation.
      angles: The indices of the positions that are angles.
      momentum_is_velocity: Whether dq/dt = p. By default False, because both systems have dq/dt = 2 p.
    """

    name: str
    make_system: Callable[[], Any]
    num_times: int
    radius: tuple[float, float]
    ood_radius: tuple[float, float]
    paper_time_stretch: float
    configuration: str
    angles: tuple[int, ...] = ()
    momentum_is_velocity: bool = False

    def load(self, options: TrainerOptions, objective: Objective) -> "SimulatedData":
        """Simulates the trajectories according to seed and noise_std: 25 for training and 25 for tests."""
        del objective  # the data contain everything that any objective needs
        return SimulatedData(self, seed=options.training.seed, noise_std=options.data.noise_std)


class SimulatedData(TaskData):
    """Simulated trajectories of one seed."""

    train: data.Recordings
    test: data.Recordings

    def __init__(self, task: SimulatedTask, *, seed: int, noise_std: float) -> None:
        self.task, self.seed = task, seed
        self.system = task.make_system()
        self.state = state_of(self.system, time_unit="s")
        rng = np.random.default_rng(seed)
        trajectories = data.generate_trajectories(
            self.system,
            data.sample_on_radius(rng, NUM_TRAJECTORIES, radius=task.radius),
            np.linspace(0.0, TRAJECTORY_SPAN, task.num_times),
            noise_std=noise_std,
            rng=rng,
        )
        train, test = data.split_by_trajectory(trajectories, train_fraction=TRAIN_FRACTION)
        self.train, self.test = (data.Recordings.from_trajectories(part, angles=task.angles) for part in (train, test))
        self._clean_test = test.clean_samples()
        starts = test.clean_states[:, 0]
        ood_starts = data.sample_on_radius(rng, len(starts), radius=task.ood_radius)
        self._scores = RolloutScores(self.system, starts, ood_starts, np.linspace(0.0, HORIZON, 201))

    def evaluate(self, fitted: FittedModel, *, protocol: str) -> dict[str, float]:
        """Returns the paper's energy metric, or the clean protocol's metrics."""
        model, floor = fitted.model, loss_of_truth(self.system, fitted)
        if protocol == "paper":
            stretch = self.task.paper_time_stretch
            energy = evaluation.paper_protocol.evaluate_energy(model, self.system, seed=self.seed, time_stretch=stretch)
            return {"energy_mse": energy} | floor
        scores, _, _ = self._scores.of(model)
        return floor | {"clean_test_loss": evaluation.derivative_mse(model, self._clean_test), **scores}

    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws truth and models from the test trajectory of median energy."""
        energy = self.system.hamiltonian(tf.constant(self._scores.starts)).numpy()
        start = self._scores.starts[np.argsort(energy)[len(energy) // 2]]
        times = np.linspace(0.0, HORIZON, 401)
        planar_figures.draw(
            folder,
            models,
            energy=self.system.hamiltonian,
            energy_unit=self.system.energy_unit,
            state_names=self.system.state_names,
            state_units=self.system.state_units,
            truth_label="truth",
            true_field=self.system,
            true_hamiltonian=self.system.hamiltonian,
            truth=evaluation.evaluation_rollout(self.system, start[None], times)[0],
            times=times,
            observed=self.train.joined("states"),
            configuration=self.task.configuration,
        )
