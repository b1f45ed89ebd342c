"""The task of a robot arm with two joints, which writes characters under known torques."""

import dataclasses
import pathlib
from typing import Any

import keras
import numpy as np

from hnn_tf import data, evaluation, figures
from hnn_tf.fitted_model import FittedModel
from hnn_tf.input_error import InputError, OptionError
from hnn_tf.models import AccelerationNetwork, ForceNetwork
from hnn_tf.objectives import ForwardDynamics, InverseDynamics, Objective
from trainers.tasks.task import Compared, Models, Task, TaskData
from trainers.trainer_options import TrainerOptions

DOF = 2
ANGLES = (0, 1)

TEST_LABELS = ("e", "q", "v")
"""The characters of the published test."""

_DRAWN = {
    "torque": "force",
    "inertial": "inertial_force",
    "Coriolis": "coriolis_force",
    "gravity": "gravity_force",
}
"""The parts of a `ForcedMotion` in the figures, by their titles."""


class RobotArmTask(Task):
    """The arm, with the angles (rad) of its joints as q. Both protocols have the same metrics."""

    name = "robot_arm"
    state_width = 2 * DOF
    angles = ANGLES
    momentum_is_velocity = False

    def objective(self, options: TrainerOptions) -> Objective:
        """Returns the objective of the run.

        Raises:
          OptionError: If the objective needs momenta, which nobody measured.
        """
        objective = super().objective(options)
        if not objective.sees_velocities:
            raise OptionError(
                f"{{objective}}: needs momenta, but {self.name} has velocities and torques; take inverse_dynamics or "
                "forward_dynamics",
                objective=options.objective.objective,
            )
        return objective

    def load(self, options: TrainerOptions, objective: Objective) -> "RobotArmData":
        """Reads the motions from the file."""
        del objective  # both objectives read the same columns
        if not options.data.data_path:
            raise OptionError(
                "{data_path:only}: expected the path of characters.npz; received none; docs/structures.md tells where "
                "to get the file",
                data_path=None,
            )
        record = data.read_arm_record(options.data.data_path)
        width = record.motions[0].position.shape[1]
        if width != DOF:
            raise InputError(f"--data_path={options.data.data_path}: expected an arm of {DOF} joints; received {width}")
        return RobotArmData(record, noise_std=options.data.noise_std, seed=options.training.seed)

    def compared(self, options: TrainerOptions, objective: Objective) -> Compared:
        """Returns feed-forward networks of the torques and of the accelerations, of the same widths as the model."""
        del objective
        made: Compared = {}
        for kind, fits in ((ForceNetwork, InverseDynamics()), (AccelerationNetwork, ForwardDynamics())):
            keras.utils.set_random_seed(options.training.seed)
            own = options.model
            network = kind(hidden_units=own.hidden_units, activation=own.activation, dtype=own.precision)
            network.build([None, 3 * DOF])
            made["force_network" if kind is ForceNetwork else "acceleration_network"] = (network, fits)
        return made


class RobotArmData(TaskData):
    """The motions of all characters but e, q and v for the training, and those of e, q and v for the test."""

    train: data.Recordings
    test: data.Recordings
    state = {
        "names": ["q1", "q2", "p1", "p2"],
        "units": ["rad", "rad", "kg m²/s", "kg m²/s"],
        "time_unit": "s",
        "energy_unit": "J",
    }

    def __init__(self, record: data.ArmRecord, *, noise_std: float, seed: int) -> None:
        train, self._record = record.split(TEST_LABELS)
        description: dict[str, Any] = {
            "angles": ANGLES,
            "state_names": ("q1", "q2", "v1", "v2"),
            "state_units": ("rad", "rad", "rad/s", "rad/s"),
            "time_unit": "s",
        }
        if noise_std:
            train = _with_noise(train, noise_std, np.random.default_rng(seed))
        self.train, self.test = (each.recordings(**description) for each in (train, self._record))
        self._motion = data.ForcedMotion.joined(self._record.motions)

    def evaluate(self, fitted: FittedModel, *, protocol: str) -> dict[str, float]:
        """Returns the errors of the torques, of their three parts, and of the accelerations."""
        del protocol
        return evaluation.force_errors(fitted.model, self._motion)

    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws the torques of each test character, and their parts."""
        folder.mkdir(parents=True, exist_ok=True)
        for label, times, motion in zip(self._record.labels, self._record.times, self._record.motions, strict=True):
            found = {"true": dataclasses.asdict(motion)}
            found |= {name: evaluation.computed_forces(model, motion) for name, model in models.items()}
            forces = {
                title: {name: of_one[part] for name, of_one in found.items() if part in of_one}
                for title, part in _DRAWN.items()
            }
            path = folder / f"torques_{label}.png"
            figures.draw_forces(path, times=times, forces=forces, names=("joint 1", "joint 2"))


def _with_noise(record: data.ArmRecord, std: float, rng: np.random.Generator) -> data.ArmRecord:
    """Returns the record with noise on the torques, but not on their parts."""
    noisy = (
        dataclasses.replace(each, force=data.add_gaussian_noise(each.force, rng, std=std)) for each in record.motions
    )
    return dataclasses.replace(record, motions=tuple(noisy))


TASK = RobotArmTask()
