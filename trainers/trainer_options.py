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
    """What a run is made of.

    Attributes:
      model: The model.
      objective: What fits means.
      training: How it is trained.
      data: What it is trained on; each task has options of its own.
      run: What is written.
    """

    model: ModelOptions
    objective: ObjectiveOptions
    training: TrainingOptions
    data: Any
    run: RunOptions

    @classmethod
    def of(cls, values: Mapping[str, Any], data: type[DataOptions]) -> Self:
        """The options with these values by name; those that are None, or aren't given, have their defaults.

        Args:
          values: As flags give them: several values are a list of strings.
          data: Class of the task's own options.

        Raises:
          OptionError: If a value can't be used, or not together with others.
        """
        parts = {field.name: field.type for field in dataclasses.fields(cls)} | {"data": data}
        return cls(**{name: _part(kind, values) for name, kind in parts.items()})  # type: ignore[arg-type]


def classes(data: type[DataOptions]) -> list[type[Options]]:
    """Classes of all options of a trainer whose data has these."""
    return [data if field.name == "data" else field.type for field in dataclasses.fields(TrainerOptions)]  # type: ignore[misc]


def not_of_the_model(data: type[DataOptions]) -> frozenset[str]:
    """Names of options that may differ between a run and its --resume, because they don't change what is learned."""
    return frozenset(name for options in classes(data) for name, _, said in described(options) if not said.of_the_model)


def _part(options: type[Kind], values: Mapping[str, Any]) -> Kind:
    given = {}
    for name, kind, _ in described(options):
        value = values.get(name)
        if value is not None:
            given[name] = tuple(kind.base(each) for each in value) if kind.is_tuple else value
    return options(**given)
