"""The refusal of callbacks that cannot fulfil their purpose in a training loop."""

from collections.abc import Sequence
from typing import Any

import keras

from hnn_tf.input_error import InputError
from hnn_tf.training.training import Training

_SETS_THE_RATE = (keras.callbacks.ReduceLROnPlateau, keras.callbacks.LearningRateScheduler)


def check_callbacks(callbacks: Sequence[Any], loop: Training, *, has_validation: bool) -> None:
    """Refuses callbacks that would have no effect in a fit of this loop, or only a part of their effect.

    Raises:
      InputError: Names the callback, and the alternative.
    """
    for callback in callbacks:
        name = type(callback).__name__
        if not isinstance(callback, keras.callbacks.Callback):
            raise InputError(f"callbacks: expected keras.callbacks.Callback objects; received {callback!r}")
        if isinstance(callback, _SETS_THE_RATE) and not _has_settable_rate(loop.optimizer):
            raise InputError(
                f"{name}: expected an optimizer with a learning rate that can be set; received "
                f"{type(loop.optimizer).__name__} with a schedule or no rate; set a number, or leave {name} out"
            )
        if isinstance(callback, keras.callbacks.BackupAndRestore) and callback.save_freq != "epoch":
            raise InputError(
                f"{name}: expected save_freq='epoch', the end of a block; received {callback.save_freq!r}; "
                "give fit a smaller block_size"
            )
        if isinstance(callback, keras.callbacks.SwapEMAWeights):
            raise InputError(
                f"{name}: expected none, because fit shows callbacks the averages of use_ema, and keeps the averages; "
                f"leave {name} out"
            )
        restores = isinstance(callback, keras.callbacks.EarlyStopping) and callback.restore_best_weights
        if restores and loop.learned and not has_validation:
            raise InputError(
                f"{name}: restore_best_weights restores no learned columns ({', '.join(loop.learned)}); give fit "
                "validation samples, with which fit restores the best weights and columns"
            )


def _has_settable_rate(optimizer: keras.optimizers.Optimizer) -> bool:
    """Returns whether the learning rate is a number. Schedules and L-BFGS have no such number."""
    return isinstance(optimizer.get_config().get("learning_rate"), float)
