"""The training of a task by one of the methods in the comparison of objectives."""

from typing import Any

from benchmarks.objectives.methods import METHODS
from benchmarks.trainings.task_training import TaskTraining


def training_of(method: str, task: str, *, trained_on: int | None = None, **changes: Any) -> TaskTraining:
    """Returns the training of a task by a method."""
    return TaskTraining(task, trained_on=trained_on, **(METHODS[method] | changes))
