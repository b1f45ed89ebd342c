"""All options of a trainer, typed. Imports nothing heavy."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from hnn_tf.models.model_options import ModelOptions
from hnn_tf.objectives.objective_options import ObjectiveOptions
from hnn_tf.options import Options, described
from hnn_tf.training.training_options import TrainingOptions
from trainers.run_options import RunOptions

Kind = TypeVar("Kind", bound=Options)


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainerOptions:
    """The options of a run.

    Attributes:
      model: The options of the model.
      objective: The options of the objective.
      training: The options of the training.
      data: The options of the data; each task has its own.
      run: The options of the written files and of the protocol.
    """

    model: ModelOptions = ModelOptions()
    objective: ObjectiveOptions = ObjectiveOptions()
    training: TrainingOptions = TrainingOptions()
    data: Any
    run: RunOptions = RunOptions()

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Returns these options with the given values by name. Values that are None or missing stay as they are.

        Args:
          values: The values in the form of flags, where several values are a list of strings.

        Raises:
          OptionError: If a value is not valid, alone or together with others.
        """
        return dataclasses.replace(self, **{name: _changed(part, values) for name, part in vars(self).items()})

    def parts(self) -> list[Options]:
        """Returns the options of the model, the objective, the training, the data and the run."""
        return list(vars(self).values())

    def names(self) -> frozenset[str]:
        """Returns the names of all options."""
        return frozenset(name for part in self.parts() for name, _, _ in described(type(part)))

    def not_of_the_model(self) -> frozenset[str]:
        """Returns the names of options that may differ between a run and its --resume; they do not change the model."""
        every = (each for part in self.parts() for each in described(type(part)))
        return frozenset(name for name, _, said in every if not said.of_the_model)


def _changed(options: Kind, values: Mapping[str, Any]) -> Kind:
    return dataclasses.replace(options, **given_values(type(options), values))


def given_values(options: type[Options], values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the values of the fields of options that are given, in the form of the fields.

    Args:
      options: The class of the options.
      values: The values in the form of flags, where several values are a list of strings. None is not given.
    """
    given = {}
    for name, kind, _ in described(options):
        value = values.get(name)
        if value is not None:
            given[name] = tuple(kind.base(each) for each in value) if kind.is_tuple else value
    return given
