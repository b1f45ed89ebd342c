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
    """

    train: dict[str, Any]
    test: dict[str, Any]

    @abc.abstractmethod
    def evaluate(self, model: Any, *, objective: Any, protocol: str) -> dict[str, float]:
        """The task's metrics of a model trained by an objective, besides train_loss and test_loss."""

    @abc.abstractmethod
    def draw(self, folder: pathlib.Path, models: Models) -> None:
        """Draws the figures of these models into `folder`."""


class Task(abc.ABC):
    """A task of the paper.

    Attributes:
      name: Its name, as in `python -m trainers.<name>`.
    """

    name: str

    @abc.abstractmethod
    def default_objective(self, protocol: str) -> str:
        """The objective that the protocol implies when none is asked for."""

    @abc.abstractmethod
    def load(self, settings: Any) -> TaskData:
        """Makes or reads the data; `settings` has the flags' values as attributes."""
