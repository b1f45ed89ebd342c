"""The models that `benchmarks.paper_table` trained, and the data on which they were trained."""

import dataclasses
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.trainings.task_training import TaskTraining
from hnn_tf.input_error import InputError
from trainers.tasks import TASK_OPTIONS


class TrainedRun:
    """A finished run: its training, data and models.

    Args:
      path: The folder of the run.
      task: The name of the task.
      labels: The models that the run trained.
      data_path: The path of the real pendulum's record.

    Attributes:
      training: The training of the run's flags.
      data: The task's data.
      models: The models by label.

    Raises:
      InputError: If there is no such run.
    """

    def __init__(
        self,
        path: pathlib.Path,
        task: str,
        *,
        labels: Sequence[str] = ("baseline", "hnn"),
        data_path: str | None = None,
    ) -> None:
        if not (path / "metrics.json").is_file():
            raise InputError(f"{path}: expected a finished run; make the run by python -m benchmarks.paper_table")
        values = run_flags(path / "flags.txt")
        self.training = TaskTraining(task, **_known(task, values | {"data_path": data_path, "cache_dir": None}))
        self.data, own = self.training.data, self.training.options.model
        choices = {label: dataclasses.replace(own, model=label) for label in labels}
        self.models = {
            label: self.training.task.new_model(choice, self.training.options) for label, choice in choices.items()
        }
        for label, model in self.models.items():
            with np.load(path / "checkpoints" / f"{label}.npz", allow_pickle=False) as weights:
                for i, variable in enumerate(model.variables):
                    variable.assign(weights[f"model.{i}"])


def _known(task: str, values: dict[str, Any]) -> dict[str, Any]:
    """Returns the values for which the task has options."""
    names = TASK_OPTIONS[task].defaults.names()
    return {name: value for name, value in values.items() if name in names}


def run_flags(path: pathlib.Path) -> dict[str, Any]:
    """Returns a run's flags by name."""
    values: dict[str, Any] = {}
    for line in path.read_text().splitlines():
        name, equals, value = line.removeprefix("--").partition("=")
        if equals:
            values[name] = _typed(value)
        else:
            values[name.removeprefix("no")] = not name.startswith("no")
    values["hidden_units"] = str(values["hidden_units"]).split(",")
    return values


def _typed(value: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
