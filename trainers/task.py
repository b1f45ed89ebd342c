"""What a task gives the run: data, metrics and figures. Imports nothing heavy."""

import abc
import pathlib
from typing import Any

Models = dict[str, Any]
"""Trained Keras models by label: the run's own first, then perhaps "baseline"."""


class TaskData(abc.ABC):
    """A task's data and what can be measured and drawn with it.

    Attributes:
      train: Objective name -> training samples (columns `[N, ...]`).
      test: Objective name -> test samples.
      state: What the model's state is: `names` and `units` of its 2n numbers, `time_unit` and `energy_unit`; a unit is
        empty where there is none.
    """

    train: dict[str, Any]
    test: dict[str, Any]
    state: dict[str, Any]

    @abc.abstractmethod
    def evaluate(self, model: Any, *, objective: Any, protocol: str) -> dict[str, float]:
        """The task's metrics of a model trained by an objective, besides train_loss and test_loss."""

    @abc.abstractmethod
    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws the figures of these models into `folder`."""


def state_of(system: Any, *, time_unit: str) -> dict[str, Any]:
    """The `state` of data of a true system."""
    return {
        "names": list(system.state_names),
        "units": list(system.state_units),
        "time_unit": time_unit,
        "energy_unit": system.energy_unit,
    }


class Task(abc.ABC):
    """A task of the paper.

    Attributes:
      name: Its name, as in `python -m trainers.<name>`.
      state_width: Width 2n of its states.
    """

    name: str
    state_width: int = 2

    def defaults(self, protocol: str) -> dict[str, Any]:
        """Values by name of the flags that a protocol implies when they aren't given: here the paper's under both."""
        del protocol
        return {"objective": "derivative"}

    @abc.abstractmethod
    def load(self, settings: Any) -> TaskData:
        """Makes or reads the data; `settings` has the flags' values as attributes."""

    def new_model(self, label: str, settings: Any) -> Any:
        """An untrained model of that name with the flags' sizes, built, its weights drawn by the flags' seed."""
        import keras

        from hnn_tf.models import MODELS

        keras.utils.set_random_seed(settings.seed)
        widths = [int(width) for width in settings.hidden_units]
        model = MODELS[label](hidden_units=widths, activation=settings.activation, dtype=settings.precision)
        model.build([None, self.state_width])
        return model

    def objective(self, settings: Any) -> Any:
        """The objective that the flags name."""
        from hnn_tf.objectives import OBJECTIVES

        steps = {"integrator": settings.integrator, "substeps": settings.substeps}
        shooting = steps | {"huber": settings.huber or None, "growth_steps": settings.growth_steps}
        options = {"one_step": steps, "trajectory": shooting, "combined": shooting}
        return OBJECTIVES[settings.objective](**options.get(settings.objective, {}))
