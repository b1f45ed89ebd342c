"""The task of a double pendulum, from trajectories in angles and momenta."""

import functools
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import data, evaluation
from hnn_tf.declarations import declared
from hnn_tf.figures.coordinates import draw_coordinates
from hnn_tf.fitted_model import FittedModel
from hnn_tf.objectives import Objective
from hnn_tf.rollouts.rollout import rollout
from hnn_tf.systems import DoublePendulum
from trainers.tasks import n_body_figures
from trainers.tasks.rollout_scores import RolloutScores
from trainers.tasks.task import Models, Task, TaskData, state_of
from trainers.trainer_options import TrainerOptions

NUM_TRAINING = 150
NUM_TEST = 25
TIMES = np.linspace(0.0, 2.0, 201)

ANGLES = (0.0, 1.5)
OOD_ANGLES = (1.5, 2.0)
"""The ranges of |q_1| and |q_2| at the first time, in rad."""

LARGEST_MOMENTUM = 1.0

HORIZON = 5.0
"""The span of the rollouts whose coordinates are compared, in s. Later, the chaotic ones have forgotten their start."""

PUBLISHED_STARTS, PUBLISHED_STEP, PUBLISHED_STEPS = 20, 0.01, 2000


class DoublePendulumTask(Task):
    """Two pendulums of 1 kg and 1 m, with the angles (rad) as q and the generalised momenta as p."""

    name = "double_pendulum"
    state_width = 4
    angles = (0, 1)
    momentum_is_velocity = False

    def load(self, options: TrainerOptions, objective: Objective) -> "DoublePendulumData":
        """Simulates the trajectories according to seed and noise_std: 150 for training and 25 for tests."""
        del objective  # the data contain everything that any objective needs
        return DoublePendulumData(seed=options.training.seed, noise_std=options.data.noise_std)


class DoublePendulumData(TaskData):
    """Simulated trajectories of one seed."""

    train: data.Recordings
    test: data.Recordings

    def __init__(self, *, seed: int, noise_std: float) -> None:
        self.system = DoublePendulum(gravity=9.81)
        self.state = state_of(self.system, time_unit="s")
        rng = np.random.default_rng(seed)
        trajectories = data.generate_trajectories(
            self.system, sample(rng, NUM_TRAINING + NUM_TEST), TIMES, noise_std=noise_std, rng=rng
        )
        description: dict[str, Any] = {
            "angles": DoublePendulumTask.angles,
            "state_names": self.system.state_names,
            "state_units": self.system.state_units,
            "time_unit": "s",
        }
        self.train, self.test = (
            data.Recordings.from_trajectories(part, **description)
            for part in (trajectories[:NUM_TRAINING], trajectories[NUM_TRAINING:])
        )
        test = trajectories[NUM_TRAINING:]
        self._clean_test = test.clean_samples()
        ood_starts = sample(rng, NUM_TEST, angles=OOD_ANGLES)
        self._scores = RolloutScores(self.system, test.clean_states[:, 0], ood_starts, np.linspace(0.0, HORIZON, 201))
        self._published_starts = sample(rng, PUBLISHED_STARTS)

    def evaluate(self, fitted: FittedModel, *, protocol: str) -> dict[str, float]:
        """Returns the published energy error and, under the clean protocol, its metrics, too."""
        published = {
            "published_energy_error": published_energy_error(self.system, fitted.model, self._published_starts),
            "published_energy_error_of_truth": self._published_error_of_truth,
        }
        if protocol == "paper":
            return published
        scores, _, _ = self._scores.of(fitted.model)
        loss = evaluation.derivative_mse(fitted.model, self._clean_test)
        return {"clean_test_loss": loss, **scores, **published}

    @functools.cached_property
    def _published_error_of_truth(self) -> float:
        return published_energy_error(self.system, self.system, self._published_starts)

    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws truth and models from the test state of median energy, and the angles and momenta of a test recording.

        The paths of the two masses are drawn in the plane of the motion.
        """
        energy = self.system.hamiltonian(tf.constant(self._scores.starts)).numpy()
        middle = int(np.argsort(energy)[len(energy) // 2])
        n_body_figures.draw(
            folder,
            models,
            system=self.system,
            start=self._scores.starts[middle : middle + 1],
            times=self._scores.times,
            positions=positions_of_masses,
            energies=energy_parts,
            length_unit="m",
            time_unit="s",
        )
        recording = self.test[middle]
        fields = {"truth": self.system} | models
        draw_coordinates(
            folder / "coordinates.png",
            times=recording.times,
            trajectories={
                label: evaluation.evaluation_rollout(field, self._scores.starts[middle : middle + 1], recording.times)[
                    0
                ]
                for label, field in fields.items()
            },
            observed=recording.states,
            state_names=self.system.state_names,
            state_units=self.system.state_units,
        )


def sample(rng: np.random.Generator, count: int, *, angles: tuple[float, float] = ANGLES) -> np.ndarray:
    """Returns initial states `[count, 4]`, uniform in boxes: |q_i| in the range `angles`, and |p_i| <= 1."""
    signs = rng.choice([-1.0, 1.0], [count, 2])
    momenta = rng.uniform(-LARGEST_MOMENTUM, LARGEST_MOMENTUM, [count, 2])
    return np.concatenate([signs * rng.uniform(*angles, [count, 2]), momenta], 1)


def published_energy_error(system: DoublePendulum, field: Any, starts: np.ndarray) -> float:
    """Returns the median over initial states of |E - E_0| / |E_0| after 2000 steps of 0.01 s by RK4.

    E is the true energy, with the zero of the published protocol: both rods are horizontal and at rest. `system` has
    its zero at the equilibrium, where the published energy is -(m_1 + m_2) g l_1 - m_2 g l_2.

    Args:
      system: The true double pendulum.
      field: A model, or the system itself.
      starts: The initial states `[N, 4]`.

    References:
      https://github.com/danrixd/hnn-double-pendulum: 2.77e-3 for a Hamiltonian network, and 0.144 for a perceptron.
    """
    dtype = declared(field, "compute_dtype") or "float64"
    path = rollout(
        field,
        tf.constant(starts, dtype),
        step_size=PUBLISHED_STEP,
        num_steps=PUBLISHED_STEPS,
        integrator="rk4",
    )
    zero = float(system.hamiltonian(tf.constant([np.pi / 2, np.pi / 2, 0.0, 0.0], tf.float64)))
    first, last = (system.hamiltonian(tf.cast(path[:, index], tf.float64)).numpy() - zero for index in (0, -1))
    return float(np.median(np.abs(last - first) / np.abs(first)))


def positions_of_masses(system: DoublePendulum, path: np.ndarray) -> np.ndarray:
    """Returns the Cartesian positions of the two masses along a trajectory `[T, 4]`, `[T, 2, 2]`, in m."""
    lengths = np.array([system.length_1, system.length_2])[:, np.newaxis]
    rods = lengths * np.stack([np.sin(path[:, :2]), -np.cos(path[:, :2])], -1)
    return np.cumsum(rods, 1)


def energy_parts(system: DoublePendulum, path: np.ndarray) -> dict[str, np.ndarray]:
    """Returns the kinetic, potential and total energy `[T]` (J) along a trajectory `[T, 4]`."""
    total = system.hamiltonian(tf.constant(path)).numpy()
    at_rest = np.concatenate([path[:, :2], np.zeros_like(path[:, 2:])], 1)
    potential = system.hamiltonian(tf.constant(at_rest)).numpy()
    return {"kinetic": total - potential, "potential": potential, "total": total}


TASK = DoublePendulumTask()
