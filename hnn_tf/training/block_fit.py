"""A training in blocks of steps, each of which is an epoch for Keras' callbacks."""

import contextlib
from collections.abc import Iterator, Sequence

import keras

from hnn_tf.training.best_weights import BestWeights
from hnn_tf.training.callback_checks import check_callbacks
from hnn_tf.training.fit_state import FitState
from hnn_tf.training.training import Training
from hnn_tf.typing import Samples


def fit_in_blocks(
    loop: Training,
    num_steps: int,
    *,
    validation: Samples | None,
    patience: int | None,
    block_size: int,
    callbacks: Sequence[keras.callbacks.Callback],
) -> BestWeights | None:
    """Takes up to `num_steps` steps, and leaves the weights that are to be used; see `TrainingLoop.fit`.

    Callbacks receive the loop's model, with the loop's optimizer. Only `BackupAndRestore` receives a `FitState`. At the
    end of each block, `BackupAndRestore` is called last, so that it saves the changes of the other callbacks. For
    callbacks, a batch is the whole block, as with Keras' `steps_per_execution`.

    Returns:
      The best weights if there are validation samples; otherwise None.

    Raises:
      ValueError, InputError, ArithmeticError: As in `TrainingLoop.fit`.
    """
    check_callbacks(callbacks, loop, has_validation=validation is not None)
    model, best = loop.model, None if validation is None else BestWeights(loop, validation, patience=patience)
    state, params = FitState(loop, best), {"epochs": -(-num_steps // block_size), "steps": block_size, "verbose": 1}
    backups = [callback for callback in callbacks if isinstance(callback, keras.callbacks.BackupAndRestore)]
    others = [callback for callback in callbacks if callback not in backups]
    backup = keras.callbacks.CallbackList(backups, model=state, **params)
    watching = keras.callbacks.CallbackList(others, model=model, **params)
    with _with_optimizer(model, loop.optimizer):
        backup.on_train_begin()
        if best:
            best.update()  # the initial weights may be better than all later weights
        watching.on_train_begin()
        end, logs = state.first_step + num_steps, {}
        while loop.step < end and not (best and best.stopped) and not model.stop_training:
            epoch = (loop.step - state.first_step) // block_size
            steps = min(state.first_step + (epoch + 1) * block_size, end) - loop.step
            watching.on_epoch_begin(epoch)
            watching.on_train_batch_begin(0)
            logs = {"loss": loop.run(steps)}
            watching.on_train_batch_end(steps - 1, dict(logs))
            if best:
                logs["val_loss"] = best.update()
            logs["learning_rate"] = float(loop.optimizer.learning_rate)
            with loop.averaged_weights():  # the validation loss is also the loss of the averages
                watching.on_epoch_end(epoch, logs)
            backup.on_epoch_end(epoch, logs)
        if best:
            best.restore_best()
        else:
            loop.keep_averages()
        watching.on_train_end(logs)
        if best:
            best.restore_best()  # EarlyStopping may have restored other weights, and restores no learned columns
        backup.on_train_end(logs)
    return best


@contextlib.contextmanager
def _with_optimizer(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> Iterator[None]:
    """Sets the model's optimizer for the callbacks within the block, and marks the model as not compiled.

    A model that is saved within the block is not compiled, because Keras does not know the loss of the objective.
    """
    own, compiled = getattr(model, "optimizer", None), model.compiled
    model.optimizer, model.compiled, model.stop_training = optimizer, False, False
    try:
        yield
    finally:
        model.compiled = compiled
        if own is None:
            del model.optimizer
        else:
            model.optimizer = own
