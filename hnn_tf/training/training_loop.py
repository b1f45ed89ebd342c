"""The compiled training loop."""

import contextlib
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
    """Many optimizer steps in one compiled call.

    A step is: a batch, the objective's loss and its gradient, one optimizer update. The loop over steps is inside
    one XLA program, compiled once for any number of steps, so Python is entered once a call and not once a step.

    A batch is all samples, or `batch_size` of them drawn with replacement by a stateless generator from
    (seed, step): whatever the calls are cut into, and whatever was restored from `state`, the same steps follow.
    Training keeps one copy of the samples as tensors, and takes a step's batch at once: give `batch_size` where there
    are many. `loss` and `validation_loss` take them in pieces.

    Columns that the objective declares as learned (initial states, of `TrajectoryMatching`) are trained with the
    model, by the same optimizer; what `samples` has of them is where they start. Their present values are `learned`.

    Args:
      model: A built Keras model; its trainable variables are trained.
      objective: Says what fits, or its name in `hnn_tf.objectives.OBJECTIVES`. Of one that is to choose its substeps, a
        copy that has them becomes `objective`.
      optimizer: A Keras optimizer, or its name; its learning rate may be a schedule, and with `use_ema` it averages the
        weights. Or `hnn_tf.optimizers.LBFGS`, which takes all samples at once, and the whole `loss` from the first
        step.
      samples: The objective's columns, arrays `[N, ...]`.
      batch_size: Samples a step, >= 1; all when not given.
      seed: Of the batches.

    Raises:
      InputError: If there is no such objective, or in the scope of a `tf.distribute` strategy.
      ValueError: If the model isn't built, columns are missing or of different lengths, a batch is empty or larger
        than the set, or L-BFGS is to take batches.
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
        optimizer.exclude_from_weight_decay(var_list=list(self._learned.values()))  # states, not weights
        optimizer.build(self.trained_variables)
        self._batches = Batches(len(next(iter(self._samples.values()))), batch_size, seed)
        if batch_size is not None and isinstance(optimizer, LBFGS):
            raise ValueError(f"batch_size: LBFGS expects all samples in every step; received {batch_size}; give None")
        self.step = 0
        self._run = tf.function(self._steps, jit_compile=True, autograph=False)
        self._loss = tf.function(lambda columns: self.objective.loss(model, columns), autograph=False)
        self._validation_loss = tf.function(
            lambda columns: self.objective.validation_loss(model, columns), autograph=False
        )

    def run(self, num_steps: int) -> float:
        """Takes `num_steps` steps; returns the loss of the last one, at the weights before its update.

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
        """Takes up to `num_steps` steps and leaves the weights that are to be used.

        These are the optimizer's averages, if it keeps some; with `validation` samples, the best by the loss on them,
        of the first and those after each block of steps, whatever a callback restores.

        Args:
          num_steps: At the most.
          validation: The objective's columns of trajectories held out; see `BestWeights`.
          patience: Steps without a lower validation loss after which no more are taken; all are when not given.
          block_size: Steps between two looks at the validation loss, and of an epoch of callbacks.
          callbacks: Keras' callbacks. Their logs after each block are `loss`, of its last step, `learning_rate` and,
            with `validation`, `val_loss`. With `keras.callbacks.BackupAndRestore` a fit that was killed goes on to the
            same weights.

        Returns:
          `train_loss` at the weights left, and with `validation` also `validation_loss` and `best_step`.

        Raises:
          ValueError: If a number is below 1, columns are missing, or `patience` comes without `validation`.
          InputError: If a callback can't do here what it is for.
          ArithmeticError: If no validation loss was finite.

        Warns:
          IntegrationWarning: If the objective's substeps turn out to be too few for the trained model.
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
            callbacks=keras.tree.flatten(callbacks or ()),  # one, none or many, as in Keras
        )
        columns = self._columns(self._samples)
        warn_if_too_few(self.objective.num_substeps, self.objective.integration_error(self.model, columns))
        found = {"validation_loss": best.best_loss, "best_step": best.best_step} if best else {}
        return {"train_loss": self.loss()} | found

    def loss(self, samples: Samples | None = None) -> float:
        """The objective's loss at the present weights, on these samples or on the training samples.

        Taken, and arrays copied, in pieces of bounded memory (`hnn_tf.numerics.pieces`), if the objective
        `is_sample_mean`.

        Raises:
          ValueError: If columns are missing or of different lengths.
        """
        return self._mean(self._loss, self._columns(self._samples) if samples is None else samples)

    def validation_loss(self, samples: Samples) -> float:
        """The objective's `validation_loss` of held-out samples at the present weights, in pieces as `loss`."""
        check_columns(self.objective, samples)
        return self._mean(self._validation_loss, self.objective.validation_samples(self.model, samples))

    @contextlib.contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """Within it the weights and learned columns are their averages, if the optimizer keeps some (`use_ema`)."""
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
        """Replaces weights and learned columns by their averages, if the optimizer keeps some: the end of training."""
        if self.step:  # Before the first step the averages are 0.
            self.optimizer.finalize_variable_values(self.trained_variables)

    def replace_samples(self, samples: Samples) -> None:
        """Goes on with other samples, and as many substeps, without compiling again; learned columns begin at theirs.

        Raises:
          ValueError: If a column is missing, or of another shape than before; nothing is changed then.
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
        """The learned columns by name, `[N, ...]`."""
        return {name: variable.numpy() for name, variable in self._learned.items()}

    @property
    def trained_variables(self) -> list[keras.Variable]:
        """The model's trainable variables, and then the learned columns."""
        return [*self.model.trainable_variables, *self._learned.values()]

    def state(self) -> dict[str, np.ndarray]:
        """All that the following steps depend on: the step, the model's and the optimizer's variables."""
        return {"step": np.asarray(self.step)} | {name: v.numpy() for name, v in self._variables().items()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Goes back to a `state`.

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
        """The objective's columns of these samples as `column_tensors` of the model's precision."""
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
            if isinstance(self.optimizer, LBFGS):  # The whole loss: a line search compares steps with each other.
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
