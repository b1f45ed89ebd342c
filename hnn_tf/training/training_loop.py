"""The compiled training loop."""

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.numerics.substeps import warn_if_too_few
from hnn_tf.objectives import Objective
from hnn_tf.objectives.by_name import objective_by_name
from hnn_tf.objectives.chosen_substeps import with_chosen_substeps
from hnn_tf.objectives.sample_columns import check_columns, column_tensors
from hnn_tf.optimizers import LBFGS
from hnn_tf.optimizers.dense_gradients import dense_gradients
from hnn_tf.training.batches import Batches
from hnn_tf.training.block_fit import fit_in_blocks
from hnn_tf.typing import Samples


class TrainingLoop:
    """A training loop that takes many optimizer steps in one compiled call.

    A step takes a batch, computes the objective's loss and its gradient, and updates the weights once. One XLA program
    contains the loop over steps, and is compiled once for any number of steps. Python therefore runs once in each call,
    and not once in each step.

    A batch is all samples, or `batch_size` samples, which a stateless generator draws with replacement from (seed,
    step). The steps therefore do not depend on the division into calls, or on a `restore` between two calls. For
    L-BFGS, the steps are equal up to rounding. The loop keeps one copy of the samples as tensors, and computes a batch
    at once. If there are many samples, give a `batch_size`. `loss` and `validation_loss` are computed in pieces.

    The optimizer also trains the columns that the objective declares as learned, such as the initial states of
    `TrajectoryMatching`. The learned columns begin at their values in `samples`. `learned` has their present values.

    Args:
      model: A built Keras model, whose trainable variables are trained.
      objective: An objective, or its name in `hnn_tf.objectives.OBJECTIVES`. If its substeps are still to be chosen,
        the attribute `objective` is a copy with the chosen substeps.
      optimizer: A Keras optimizer, or its name. The learning rate may be a schedule. With `use_ema`, the optimizer
        averages the weights. `hnn_tf.optimizers.LBFGS` takes all samples in each step, and the whole `loss` from the
        first step on.
      samples: The objective's columns, arrays `[N, ...]`.
      batch_size: The number of samples in each step, >= 1; by default, all samples.
      seed: The seed of the batches.

    Raises:
      InputError: If there is no such objective, or the loop is made in the scope of a `tf.distribute` strategy.
      ValueError: If the model is not built, columns are missing or have different lengths, a batch is empty or larger
        than the set, or L-BFGS has a `batch_size`.
    """

    def __init__(
        self,
        model: keras.Model,
        objective: Objective | str,
        optimizer: keras.optimizers.Optimizer | str,
        samples: Samples,
        *,
        batch_size: int | None = None,
        seed: int = 0,
    ) -> None:
        if not model.built:
            raise ValueError("TrainingLoop: expected a built model; call model.build([None, 2n]) first")
        if tf.distribute.has_strategy():
            raise InputError(
                "TrainingLoop: expected no tf.distribute strategy, because TrainingLoop trains on one device; leave "
                "the strategy's scope, or take stock Keras compile and fit"
            )
        if isinstance(optimizer, str):
            optimizer = keras.optimizers.get(optimizer)
        self.model, self.optimizer = model, optimizer
        self.objective: Objective = objective_by_name(objective) if isinstance(objective, str) else objective
        self._samples = self.tensors(samples)
        self.objective = with_chosen_substeps(self.objective, samples)
        self._learned = {
            name: keras.Variable(self._samples.pop(name), dtype=model.compute_dtype, name=name)
            for name in self.objective.learned_columns
        }
        optimizer.exclude_from_weight_decay(var_list=list(self._learned.values()))  # learned columns are not weights
        optimizer.build(self.trained_variables)
        self._batches = Batches(len(next(iter(self._samples.values()))), batch_size, seed)
        if batch_size is not None and isinstance(optimizer, LBFGS):
            raise ValueError(f"batch_size: LBFGS expects all samples in every step; received {batch_size}; give None")
        self.step = 0
        # TensorFlow counts traces by the code of a function, and would complain of the functions of a third loop.
        self._run = tf.function(functools.partial(type(self)._steps, self), jit_compile=True, autograph=False)
        self._loss = tf.function(functools.partial(self.objective.loss, model), autograph=False)
        self._validation_loss = tf.function(functools.partial(self.objective.validation_loss, model), autograph=False)

    def run(self, num_steps: int) -> float:
        """Takes `num_steps` steps, and returns the loss of the last step, at the weights before its update.

        Raises:
          ValueError: If `num_steps` is below 1.
        """
        if num_steps < 1:
            raise ValueError(f"num_steps: expected an integer >= 1; received {num_steps}")
        if isinstance(self.optimizer, LBFGS):
            self.optimizer.begin()
        loss = self._run(self._samples, tf.constant(self.step), tf.constant(self.step + num_steps))
        self.step += num_steps
        return float(loss)

    def fit(
        self,
        num_steps: int,
        *,
        validation: Samples | None = None,
        patience: int | None = None,
        block_size: int = 50,
        callbacks: keras.callbacks.Callback | Sequence[keras.callbacks.Callback] = (),
    ) -> dict[str, float]:
        """Takes up to `num_steps` steps, and leaves the weights that are to be used.

        If the optimizer keeps averages of the weights, the averages are used. With `validation` samples, the weights of
        the least validation loss are used, among the first weights and the weights after each block of steps. A
        callback that restores weights does not change this choice.

        Args:
          num_steps: The largest number of steps.
          validation: The objective's columns of held-out trajectories; see `BestWeights`.
          patience: The number of steps without a lower validation loss after which the training stops; by default, all
            steps are taken.
          block_size: The number of steps of a block. The validation loss is computed after each block, and a block is
            an epoch for callbacks.
          callbacks: Keras' callbacks. Their logs after each block are the `loss` of the last step, `learning_rate` and,
            with `validation`, `val_loss`. With `keras.callbacks.BackupAndRestore`, a fit that was killed continues to
            the same weights.

        Returns:
          `train_loss` at the final weights and, with `validation`, also `validation_loss` and `best_step`.

        Raises:
          ValueError: If a number is below 1, columns are missing, or `patience` is given without `validation`.
          InputError: If a callback cannot fulfil its purpose here.
          ArithmeticError: If no validation loss was finite.

        Warns:
          IntegrationWarning: If the objective's substeps are too few for the trained model.
        """
        for name, number in (("num_steps", num_steps), ("block_size", block_size)):
            if number < 1:
                raise ValueError(f"{name}: expected an integer >= 1; received {number}")
        if validation is None and patience is not None:
            raise ValueError("patience: expected validation samples, too, to measure improvement; received none")
        best = fit_in_blocks(
            self,
            num_steps,
            validation=validation,
            patience=patience,
            block_size=num_steps if validation is None and not callbacks else block_size,
            callbacks=keras.tree.flatten(callbacks or ()),  # a single callback, none or several, as in Keras
        )
        columns = self._columns(self._samples)
        warn_if_too_few(self.objective.num_substeps, self.objective.integration_error(self.model, columns))
        found = {"validation_loss": best.best_loss, "best_step": best.best_step} if best else {}
        return {"train_loss": self.loss()} | found

    def loss(self, samples: Samples | None = None) -> float:
        """Returns the objective's loss at the present weights, on the given samples or on the training samples.

        If the objective `is_sample_mean`, the loss is computed in pieces of bounded memory (`hnn_tf.numerics.pieces`),
        and arrays are copied in these pieces.

        Raises:
          ValueError: If columns are missing or have different lengths.
        """
        return self._mean(self._loss, self._columns(self._samples) if samples is None else samples)

    def validation_loss(self, samples: Samples) -> float:
        """Returns the objective's `validation_loss` on held-out samples at the present weights, in pieces as `loss`."""
        check_columns(self.objective, samples)
        return self._mean(self._validation_loss, self.objective.validation_samples(self.model, samples))

    @contextlib.contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """Sets the weights and learned columns to their averages within the block, if the optimizer has `use_ema`."""
        if not self.optimizer.use_ema:
            yield
            return
        present = [v.numpy() for v in self.trained_variables]
        self.keep_averages()
        try:
            yield
        finally:
            for variable, value in zip(self.trained_variables, present, strict=True):
                variable.assign(value)

    def keep_averages(self) -> None:
        """Replaces the weights and learned columns by their averages, if the optimizer has `use_ema`."""
        if self.step:  # before the first step, the averages are 0
            self.optimizer.finalize_variable_values(self.trained_variables)

    def replace_samples(self, samples: Samples) -> None:
        """Continues with other samples, without another compilation.

        The learned columns begin at their values in the new samples. The number of substeps does not change.

        Raises:
          ValueError: If a column is missing, or has another shape than before; nothing is changed then.
        """
        tensors, columns = self.tensors(samples), self._columns(self._samples)
        for name, tensor in tensors.items():
            if tensor.shape != columns[name].shape:
                raise ValueError(f"samples: expected {name} of shape {columns[name].shape}; received {tensor.shape}")
        for name, variable in self._learned.items():
            variable.assign(tensors.pop(name))
        self._samples = tensors

    @property
    def learned(self) -> dict[str, np.ndarray]:
        """The learned columns `[N, ...]`, by name."""
        return {name: variable.numpy() for name, variable in self._learned.items()}

    @property
    def trained_variables(self) -> list[keras.Variable]:
        """The model's trainable variables, followed by the learned columns."""
        return [*self.model.trainable_variables, *self._learned.values()]

    def state(self) -> dict[str, np.ndarray]:
        """Returns the step, the learned columns, and the variables of the model and of the optimizer."""
        return {"step": np.asarray(self.step)} | {name: v.numpy() for name, v in self._variables().items()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Restores a `state`.

        Raises:
          ValueError: If names or shapes of the variables differ; nothing is changed then.
        """
        variables = self._variables()
        expected = {"step": ()} | {name: tuple(v.shape) for name, v in variables.items()}
        received = {name: state[name].shape for name in state}
        if expected != received:
            differing = sorted(name for name in expected | received if expected.get(name) != received.get(name))
            raise ValueError(f"state: expected the variables of this model and optimizer; differing: {differing[:4]}")
        for name, variable in variables.items():
            variable.assign(state[name])
        self.step = int(state["step"])

    def tensors(self, samples: Samples) -> dict[str, tf.Tensor]:
        """Returns the objective's columns of samples as tensors of the model's precision; see `column_tensors`."""
        return column_tensors(self.objective, samples, self.model.compute_dtype)

    def _mean(self, loss: Callable[[Samples], tf.Tensor], samples: Samples) -> float:
        check_columns(self.objective, samples)
        return self.objective.mean_loss(lambda piece: loss(self.tensors(piece)), samples)

    def _variables(self) -> dict[str, keras.Variable]:
        variables = {f"model.{i}": v for i, v in enumerate(self.model.variables)}
        variables |= {f"learned.{name}": v for name, v in self._learned.items()}
        return variables | {f"optimizer.{i}": v for i, v in enumerate(self.optimizer.variables)}

    def _columns(self, samples: Samples) -> dict[str, tf.Tensor]:
        return {**samples, **{name: tf.convert_to_tensor(v.value) for name, v in self._learned.items()}}

    def _steps(self, samples: Samples, first: tf.Tensor, end: tf.Tensor) -> tf.Tensor:
        def body(step: tf.Tensor, _: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            variables = self.trained_variables
            if isinstance(self.optimizer, LBFGS):  # a line search compares steps, so every step uses the whole loss
                loss = self.optimizer.minimize(
                    lambda: self.objective.loss(self.model, self._columns(samples)), variables
                )
                return step + 1, loss
            with tf.GradientTape() as tape:
                loss = self.objective.loss_at_step(
                    self.model, self._batches.of_step(self._columns(samples), step), step
                )
            self.optimizer.apply(dense_gradients(tape, loss, variables), variables)
            return step + 1, loss

        no_loss = tf.constant(float("nan"), self.model.compute_dtype)
        return tf.while_loop(lambda step, _: step < end, body, (first, no_loss))[1]
