"""The training of a task without a command line, with the data, models and training of the task's trainer."""

from typing import Any

import keras

from hnn_tf.fitted_model import FittedModel
from hnn_tf.training.start import check_closed_form
from hnn_tf.training.training_run import TrainingResult, train
from hnn_tf.training.training_set import TrainingSet
from trainers.tasks import TASK_OPTIONS, TASKS
from trainers.tasks.task import Task


class TaskTraining:
    """The options, data and objective of one training.

    Args:
      task: A task, or its name.
      trained_on: The number of recordings to learn from, which are the first ones; by default, all recordings.
      **values: The values of the trainer's flags, by name. A flag that is not given has the trainer's default.

    Attributes:
      task: The task.
      options: The options of the training.
      objective: The objective of the options.
      data: The task's data.
      samples: The objective's columns of the data.
    """

    def __init__(self, task: str | Task, *, trained_on: int | None = None, **values: Any) -> None:
        self.task: Task = TASKS[task] if isinstance(task, str) else task
        options = TASK_OPTIONS[self.task.name]
        unknown = values.keys() - options.defaults.names()
        if unknown:
            raise TypeError(f"{self.task.name}: unknown options {sorted(unknown)}")
        self.options = options.of(values)
        self.objective: Any = self.task.objective(self.options)
        self.data: Any = self.task.load(self.options, self.objective)
        recordings: Any = self.data.train
        self.train = recordings if trained_on is None else recordings[:trained_on]
        self.samples = TrainingSet.of(
            self.train,
            test=self.data.test,
            objective=self.objective,
            options=self.options.training,
            derivatives=self.options.objective.derivatives or self.data.derivative_estimator,
        )

    def new_model(self) -> keras.Model:
        """Returns the untrained model of the options."""
        model = self.task.new_model(self.options.model, self.options)
        check_closed_form(model, self.objective, width=self.task.width_of(self.options))
        return model

    def fit(self, model: keras.Model) -> FittedModel:
        """Trains the model as a trainer does."""
        return self._fitted(model, train(model, self.samples, self.options.training, progress=False))

    def judged(self, model: keras.Model) -> FittedModel:
        """Returns a model that was trained elsewhere, as a fitted model that the task can measure."""
        return self._fitted(model, TrainingResult(self.objective, {}, 0.0, 0))

    def _fitted(self, model: keras.Model, result: TrainingResult) -> FittedModel:
        return FittedModel(model, self.train, self.data.test, self.samples, self.options.training, result)
