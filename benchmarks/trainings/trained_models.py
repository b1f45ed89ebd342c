"""The models that `benchmarks.paper_table` trained, and the data they were trained on."""

import pathlib
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from hnn_tf.input_error import InputError
from trainers.tasks import TASKS


class TrainedRun:
    """A finished run: its settings, data and models.

    Args:
      path: The run's folder.
      task: Name of the task.
      labels: The models that it trained.
      data_path: Of the real pendulum's record.

    Attributes:
      settings: The run's flags, with the right types.
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
            raise InputError(f"{path}: expected a finished run; make it by python -m benchmarks.paper_table")
        task_object = TASKS[task]
        self.settings = _settings(path / "flags.txt")
        self.settings.data_path = data_path
        self.data = task_object.load(self.settings)
        self.models = {label: task_object.new_model(label, self.settings) for label in labels}
        for label, model in self.models.items():
            with np.load(path / "checkpoints" / f"{label}.npz", allow_pickle=False) as weights:
                for i, variable in enumerate(model.variables):
                    variable.assign(weights[f"model.{i}"])


def _settings(path: pathlib.Path) -> types.SimpleNamespace:
    values: dict[str, Any] = {"cache_dir": None}
    for line in path.read_text().splitlines():
        name, equals, value = line.removeprefix("--").partition("=")
        if equals:
            values[name] = _typed(value)
        else:
            values[name.removeprefix("no")] = not name.startswith("no")
    values["hidden_units"] = str(values["hidden_units"]).split(",")
    return types.SimpleNamespace(**values)


def _typed(value: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
