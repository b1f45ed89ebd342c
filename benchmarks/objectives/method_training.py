"""A training by one of the methods that objectives are compared by."""

from typing import Any

from benchmarks.objectives.methods import METHODS
from benchmarks.trainings.task_training import PLANAR, TaskTraining


def training_of(method: str, task: str, *, trained_on: int | None = None, **changes: Any) -> TaskTraining:
    """A method's training on a task."""
    return TaskTraining(task, trained_on=trained_on, **(PLANAR | METHODS[method] | changes))
