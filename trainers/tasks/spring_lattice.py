"""The task of a lattice of bodies and springs, whose model is also applied to lattices of other sizes."""

import pathlib
from typing import Any

import keras
import numpy as np

from hnn_tf import data, evaluation
from hnn_tf.declarations import declared
from hnn_tf.fitted_model import FittedModel
from hnn_tf.input_error import OptionError
from hnn_tf.models import HamiltonianNetwork, ModelOptions
from hnn_tf.objectives import Objective
from hnn_tf.systems import SpringLattice, body_order
from trainers.tasks import n_body_figures
from trainers.tasks.data_options import LatticeOptions
from trainers.tasks.rollout_scores import RolloutScores
from trainers.tasks.task import Models, Task, TaskData, state_of
from trainers.trainer_options import TrainerOptions

NUM_TRAINING = 50
NUM_TEST = 25
NUM_TRANSFERRED = 5
"""The number of motions on which a model is measured for each other number of bodies."""

TIMES = np.linspace(0.0, 3.0, 31)
ROLLOUT_TIMES = np.linspace(0.0, 10.0, 101)

MASS = 0.5
"""The mass of each body, in kg. Models begin at the mass 1."""

SPREAD = 0.2
OOD_SPREAD = 0.3
"""The largest displacement of a body along each axis at the first time, in m. The largest velocity along each axis is
2.5 times this number, in m/s."""


class SpringLatticeTask(Task):
    """Bodies of 0.5 kg, which springs of 1 N/m and 1 m join to a lattice that moves freely in the plane."""

    name = "spring_lattice"
    body_dimension = 2

    def width_of(self, options: TrainerOptions) -> int:
        """Returns the width 2n of the states: two positions and two momenta of each body."""
        return 2 * self.body_dimension * options.data.num_bodies

    def load(self, options: TrainerOptions, objective: Objective) -> "SpringLatticeData":
        """Simulates the motions according to seed and noise_std: 50 for training and 25 for tests."""
        del objective  # the data contain everything that any objective needs
        return SpringLatticeData(options.data, seed=options.training.seed)

    def new_model(self, model: ModelOptions, options: TrainerOptions) -> keras.Model:
        """Returns an untrained model. A model of pairs knows which bodies a spring joins, but not the springs.

        Raises:
          OptionError: If other lattices are asked for, and the run's own model is bound to one number of bodies.
        """
        made = super().new_model(model, options)
        of_springs = _made_for(made, lattice_of(options.data.num_bodies))
        if of_springs is not None:
            return of_springs
        if options.data.transfer_bodies and model == options.model:
            raise OptionError(
                "{transfer_bodies}: expected a model for any number of bodies; received {model}; take pairwise, or "
                "leave {transfer_bodies:only} out",
                transfer_bodies=options.data.transfer_bodies,
                model=model.model,
            )
        return made


class SpringLatticeData(TaskData):
    """Simulated motions of one seed."""

    train: data.Recordings
    test: data.Recordings

    def __init__(self, options: LatticeOptions, *, seed: int) -> None:
        self.system = lattice_of(options.num_bodies)
        self.state = state_of(self.system, time_unit="s") | {"layout": body_order.LAYOUT}
        self._transfer_bodies, self._seed = options.transfer_bodies, seed
        rng = np.random.default_rng(seed)
        trajectories = data.generate_trajectories(
            self.system,
            sample(self.system, rng, NUM_TRAINING + NUM_TEST),
            TIMES,
            noise_std=options.noise_std,
            rng=rng,
        )
        description: dict[str, Any] = {
            "body_dimension": SpringLatticeTask.body_dimension,
            "state_names": self.system.state_names,
            "state_units": self.system.state_units,
            "time_unit": "s",
        }
        test = trajectories[NUM_TRAINING:]
        self.train, self.test = (
            data.Recordings.from_trajectories(part, **description) for part in (trajectories[:NUM_TRAINING], test)
        )
        self._clean_test = test.clean_samples()
        self._scores = RolloutScores(
            self.system,
            test.clean_states[:, 0],
            sample(self.system, rng, NUM_TEST, spread=OOD_SPREAD),
            ROLLOUT_TIMES,
        )

    def evaluate(self, fitted: FittedModel, *, protocol: str) -> dict[str, float]:
        """Returns the clean protocol's metrics, and those of lattices of other sizes; see `_transfer`."""
        del protocol
        scores, true, predicted = self._scores.of(fitted.model)
        found = {
            "clean_test_loss": evaluation.derivative_mse(fitted.model, self._clean_test),
            **scores,
            **evaluation.conserved_quantity_errors(self.system, true, predicted),
        }
        if "mass" in fitted.model.vector_field().physical_parameters():
            found["mass_of_truth"] = self.system.mass
        for num_bodies in self._transfer_bodies:
            found |= self._transfer(fitted.model, num_bodies, scores)
        return found

    def _transfer(self, model: keras.Model, num_bodies: int, scores: dict[str, float]) -> dict[str, float]:
        """Returns the errors of a trained model on a lattice of another size, without training.

        `transfer_<N>_energy_mse_per_body` is the mean of ((H(s_pred) - H(s_true)) / N)^2, and
        `transfer_<N>_coordinate_mse` that of (s_pred - s_true)^2. The two ratios are these errors divided by those on
        the lattice of the training. A model that is bound to one number of bodies has none of these metrics.
        """
        system = lattice_of(num_bodies)
        larger = _made_for(model, system)
        if larger is None:
            return {}
        starts = sample(system, np.random.default_rng([self._seed, num_bodies]), NUM_TRANSFERRED)
        true, predicted = (evaluation.evaluation_rollout(each, starts, ROLLOUT_TIMES) for each in (system, larger))
        errors = evaluation.evaluate_rollouts(system, ROLLOUT_TIMES, true, predicted)
        energy = errors["energy_mse"] / num_bodies**2
        found = {
            "energy_mse_per_body": energy,
            "coordinate_mse": errors["coordinate_mse"],
            "energy_ratio": energy / (scores["energy_mse"] / self.system.num_bodies**2),
            "coordinate_ratio": errors["coordinate_mse"] / scores["coordinate_mse"],
        }
        return {f"transfer_{num_bodies}_{name}": value for name, value in found.items()}

    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws the paths of the bodies, energies and errors of truth and models from the first test state."""
        n_body_figures.draw(
            folder,
            models,
            system=self.system,
            start=self._scores.starts[:1],
            times=ROLLOUT_TIMES,
            length_unit="m",
            time_unit="s",
        )


def lattice_of(num_bodies: int) -> SpringLattice:
    """Returns the lattice of a number of bodies, with as many rows as possible, but not more than columns."""
    rows = max(rows for rows in range(1, int(num_bodies**0.5) + 1) if num_bodies % rows == 0)
    return SpringLattice(rows=rows, columns=num_bodies // rows, mass=MASS)


def sample(system: SpringLattice, rng: np.random.Generator, count: int, *, spread: float = SPREAD) -> np.ndarray:
    """Returns initial states `[count, 2n]` near the lattice at rest, uniform in a box of half-width `spread`."""
    offsets = rng.uniform(-spread, spread, [count, 2 * system.dof])
    offsets[:, system.dof :] *= 2.5 * system.mass
    return system.at_rest() + offsets


def _made_for(model: keras.Model, system: SpringLattice) -> keras.Model | None:
    """Returns a copy of a model for the springs of another lattice; None if the model is bound to its own bodies."""
    with_pairs = declared(declared(model, "hamiltonian"), "with_pairs")
    if with_pairs is None:
        return None
    network = HamiltonianNetwork(with_pairs(system.pairs), name=model.name)
    network.build([None, 2 * system.dof])
    return network


TASK = SpringLatticeTask()
