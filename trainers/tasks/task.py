"""The base classes of tasks and their data, which give data, metrics and figures to a run."""

import abc
import dataclasses
import pathlib
from typing import Any

import keras

from hnn_tf.data import FrameRecordings, Recordings
from hnn_tf.declarations import declared
from hnn_tf.fitted_model import FittedModel
from hnn_tf.input_error import OptionError
from hnn_tf.models import ModelOptions, new_model
from hnn_tf.objectives import Objective, new_objective
from trainers.trainer_options import TrainerOptions

Models = dict[str, Any]
"""Trained Keras models by label: first the run's own model, then possibly the models for comparison."""

Compared = dict[str, tuple[keras.Model, Objective]]
"""Untrained models for comparison by label, each with the objective of its training."""


class TaskData(abc.ABC):
    """A task's data, with their metrics and figures.

    Attributes:
      train: The recordings to learn from.
      test: The recordings on which a trained model is measured.
      derivative_estimator: The name of the estimator that computes the time derivatives if the recordings have none;
        None if the recordings have time derivatives, or need none.
      state: The description of the model's state: `names` and `units` of its 2n numbers, `time_unit` and `energy_unit`.
        An empty unit means that there is no unit.
    """

    train: Recordings | FrameRecordings
    test: Recordings | FrameRecordings
    state: dict[str, Any]
    derivative_estimator: str | None = None

    @abc.abstractmethod
    def evaluate(self, fitted: FittedModel, *, protocol: str) -> dict[str, float]:
        """Returns the metrics of a trained model that the task defines, without the losses."""

    @abc.abstractmethod
    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws the figures of the models into `folder`."""


def state_of(system: Any, *, time_unit: str) -> dict[str, Any]:
    """Returns the `state` of a true system's data."""
    return {
        "names": list(system.state_names),
        "units": list(system.state_units),
        "time_unit": time_unit,
        "energy_unit": system.energy_unit,
    }


class Task(abc.ABC):
    """A task: a problem with its own data, metrics and figures.

    Attributes:
      name: The name of the task, as in `python -m trainers.<name>`. `trainers.tasks.TASK_OPTIONS` has its options.
      state_width: The width 2n of the task's states.
      angles: The indices of the positions that are angles. Some models have the period 2 pi in angles.
      body_dimension: The dimension of the space in which bodies move, if the task's states are those of bodies.
      num_inputs: The number of inputs that the task's models take.
      momentum_is_velocity: Whether the momenta of the task are velocities, dq/dt = p.
    """

    name: str
    state_width: int = 2
    angles: tuple[int, ...] = ()
    body_dimension: int | None = None
    num_inputs: int = 0
    momentum_is_velocity: bool = True

    @abc.abstractmethod
    def load(self, options: TrainerOptions, objective: Objective) -> TaskData:
        """Makes or reads the data that the objective needs."""

    def width_of(self, options: TrainerOptions) -> int:
        """Returns the width 2n of the states with the given options; by default, it is always `state_width`."""
        del options
        return self.state_width

    def new_model(self, model: ModelOptions, options: TrainerOptions) -> keras.Model:
        """Returns an untrained, built model, whose weights are drawn with the seed.

        Args:
          model: The options of the run's own model, or of the model for comparison.
          options: The options of the run.

        Raises:
          OptionError: If the task does not support the model.
        """
        made = new_model(
            model,
            width=self.width_of(options),
            angles=self.angles,
            body_dimension=self.body_dimension,
            num_inputs=self.num_inputs,
            seed=options.training.seed,
        )
        if declared(made, "momentum_is_velocity") and not self.momentum_is_velocity:
            raise OptionError(
                f"{{model}}: assumes dq/dt = p, but {self.name} has another dq/dt; take hnn or baseline",
                model=model.model,
            )
        return made

    def compared(self, options: TrainerOptions, objective: Objective) -> Compared:
        """Returns the untrained models with which the run compares its own model; by default, the paper's baseline.

        Args:
          options: The options of the run.
          objective: The objective of the run's own model.
        """
        choice = dataclasses.replace(options.model, model="baseline", time_reversible=False)
        return {choice.model: (self.new_model(choice, options), objective)}

    def objective(self, options: TrainerOptions) -> Objective:
        """Returns the objective of the run.

        Raises:
          OptionError: If the task does not support the objective.
        """
        return new_objective(options.objective)
