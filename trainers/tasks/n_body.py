"""The tasks of bodies that attract each other: two_body and three_body."""

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np

from hnn_tf import data, evaluation, systems
from hnn_tf.fitted_model import FittedModel
from hnn_tf.objectives import Objective
from hnn_tf.systems import body_order
from trainers.tasks import n_body_figures
from trainers.tasks.data_options import CachedDataOptions
from trainers.tasks.rollout_scores import RolloutScores
from trainers.tasks.task import Models, Task, TaskData, state_of
from trainers.trainer_options import TrainerOptions

TEST_FRACTION = 0.2
NUM_EVALUATED = 100
"""The number of test trajectories that the clean protocol rolls out, and of trajectories out of distribution."""


@dataclasses.dataclass(frozen=True)
class NBodyTask(Task):
    """A task with trajectories of equal bodies in the plane, by default without noise.

    Args:
      name: The name of the task.
      num_bodies: The number of bodies.
      sample: A function (rng, count) -> initial states `[count, 2n]`, which imports everything that it needs.
      sample_ood: A function of the same kind, for states outside the range of the training data.
      num_trajectories: The number of trajectories, for training and test together.
      num_times: The number of observations per trajectory.
      span: The time span of a trajectory, in natural units.
      horizon: The time span of the evaluated rollouts, which may be longer or shorter than `span`.
    """

    name: str
    num_bodies: int
    sample: Callable[..., Any]
    sample_ood: Callable[..., Any]
    num_trajectories: int
    num_times: int
    span: float
    horizon: float

    body_dimension = 2

    @property
    def state_width(self) -> int:  # type: ignore[override]
        """The number of positions and momenta in the plane."""
        return 4 * self.num_bodies

    def load(self, options: TrainerOptions, objective: Objective) -> "NBodyData":
        """Simulates the trajectories according to seed and noise_std, or reads them from the cache."""
        del objective  # the data contain everything that any objective needs
        return NBodyData(self, options.data, seed=options.training.seed)


class NBodyData(TaskData):
    """Simulated trajectories of one seed. As in the reference code, the first fifth is held out."""

    train: data.Recordings
    test: data.Recordings

    def __init__(self, task: NBodyTask, options: CachedDataOptions, *, seed: int) -> None:
        self.task = task
        self.system = systems.NBody((1.0,) * task.num_bodies)
        self.state = state_of(self.system, time_unit="") | {"layout": body_order.LAYOUT}  # natural units
        rng = np.random.default_rng(seed)
        starts = task.sample(rng, task.num_trajectories)
        ood_starts = task.sample_ood(rng, NUM_EVALUATED)
        times = np.linspace(0.0, task.span, task.num_times)
        arrays: dict[str, Any] = data.cached_arrays(
            options.cache_dir,
            {
                "system": repr(self.system),
                "starts": starts,
                "times": times,
                "noise": [options.noise_std, repr(rng.bit_generator.state)],
            },
            lambda: _arrays(
                data.generate_trajectories(self.system, starts, times, noise_std=options.noise_std, rng=rng)
            ),
        )
        test, train = data.split_by_trajectory(data.Trajectories(**arrays), train_fraction=TEST_FRACTION)
        self.train, self.test = (
            data.Recordings.from_trajectories(part, body_dimension=task.body_dimension) for part in (train, test)
        )
        self._clean_test = test.clean_samples()
        self._scores = RolloutScores(
            self.system, test.clean_states[:NUM_EVALUATED, 0], ood_starts, np.linspace(0.0, task.horizon, 501)
        )

    def evaluate(self, fitted: FittedModel, *, protocol: str) -> dict[str, float]:
        """Returns the paper's or the clean protocol's metrics, and metrics that show the effect of close encounters."""
        model = fitted.model
        spread = evaluation.derivative_error_spread(model, self._clean_test)
        tail = {"clean_test_loss_median": spread["median"], "clean_test_loss_top_share": spread["top_share"]}
        if protocol == "paper":
            metrics = evaluation.paper_protocol.evaluate_orbits(
                model, self.system, self.task.sample, horizon=self.task.horizon
            )
            return metrics | tail
        scores, true, predicted = self._scores.of(model)
        energies = [evaluation.energies(self.system.hamiltonian, paths) for paths in (true, predicted)]
        return {
            "clean_test_loss": evaluation.derivative_mse(model, self._clean_test),
            **tail,
            **scores,
            "energy_mse_median": evaluation.median_energy_mse(*energies),
            **evaluation.conserved_quantity_errors(self.system, true, predicted),
        }

    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws orbits, energies and errors of truth and models from the first test state."""
        n_body_figures.draw(folder, models, system=self.system, start=self._scores.starts[:1], times=self._scores.times)


def _arrays(trajectories: data.Trajectories) -> dict[str, np.ndarray]:
    """Returns the arrays of trajectories without inputs, which the cache keeps."""
    return {name: value for name, value in vars(trajectories).items() if isinstance(value, np.ndarray)}
