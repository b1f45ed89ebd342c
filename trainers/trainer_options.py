"""All options of a trainer, typed. Imports nothing heavy."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from hnn_tf.models.model_options import ModelOptions
from hnn_tf.objectives.objective_options import ObjectiveOptions
from hnn_tf.options import Options, described
from hnn_tf.training.training_options import TrainingOptions
from trainers.run_options import RunOptions
from trainers.tasks.data_options import DataOptions

Data = TypeVar("Data", bound=DataOptions)
Kind = TypeVar("Kind", bound=Options)


@dataclasses.dataclass(frozen=True)
class TrainerOptions:
    """The options of a run.

    Attributes:
      model: The options of the model.
      objective: The options of the objective.
      training: The options of the training.
      data: The options of the data; each task has its own.
      run: The options of the written files and of the protocol.
    """

    model: ModelOptions
    objective: ObjectiveOptions
    training: TrainingOptions
    data: Any
    run: RunOptions

    @classmethod
    def of(cls, values: Mapping[str, Any], data: type[DataOptions]) -> Self:
        """Returns the options with the given values by name. Values that are None or missing have their defaults.

        Args:
          values: The values in the form of flags, where several values are a list of strings.
          data: The class of the task's own options.

        Raises:
          OptionError: If a value is not valid, alone or together with others.
        """
        parts = {field.name: field.type for field in dataclasses.fields(cls)} | {"data": data}
        return cls(**{name: _part(kind, values) for name, kind in parts.items()})  # type: ignore[arg-type]


def classes(data: type[DataOptions]) -> list[type[Options]]:
    """Returns the classes of all options of a trainer with the given data options."""
    return [data if field.name == "data" else field.type for field in dataclasses.fields(TrainerOptions)]  # type: ignore[misc]


def not_of_the_model(data: type[DataOptions]) -> frozenset[str]:
    """Returns the names of options that may differ between a run and its --resume, as they do not change the model."""
    return frozenset(name for options in classes(data) for name, _, said in described(options) if not said.of_the_model)


def _part(options: type[Kind], values: Mapping[str, Any]) -> Kind:
    given = {}
    for name, kind, _ in described(options):
        value = values.get(name)
        if value is not None:
            given[name] = tuple(kind.base(each) for each in value) if kind.is_tuple else value
    return options(**given)
