"""The state of a fit, in the form of a model that Keras can back up."""

import os
import pathlib
from typing import Any

import keras
import numpy as np

from hnn_tf.input_error import InputError
from hnn_tf.training.best_weights import BestWeights
from hnn_tf.training.training import Training


class FitState(keras.Model):
    """The state on which the rest of a fit depends, as a model whose weights `BackupAndRestore` saves and loads.

    The trained model itself does not contain the step, the learned columns and the best weights so far. A fit that
    continued from a backup of the trained model alone would end at other weights.

    Args:
      loop: The training.
      best: The best weights of the training, if there are validation samples.

    Attributes:
      first_step: The step at which the fit began.
    """

    optimizer = None  # the loop's state contains the variables of the optimizer

    def __init__(self, loop: Training, best: BestWeights | None) -> None:
        super().__init__(name="fit_state")
        self._loop, self._best = loop, best
        self.first_step = loop.step
        self.built = True

    def save_weights(self, filepath: str | os.PathLike, **options: Any) -> None:
        """Writes the state to a file `*.weights.h5`, either completely or not at all."""
        path = pathlib.Path(filepath)
        unfinished = path.with_name(f"unfinished.{path.name}")  # Keras requires this ending of the name
        super().save_weights(unfinished, **options)
        os.replace(unfinished, path)

    def load_weights(self, filepath: str | os.PathLike, **options: Any) -> None:
        """Restores the state in a file.

        Raises:
          InputError: If the file is of another fit; nothing is changed then.
        """
        try:
            super().load_weights(filepath, **options)
        except ValueError as error:
            raise InputError(
                f"{filepath}: expected a backup of this fit, of its model, optimizer, learned columns and validation; "
                "received another backup; remove the file to train anew"
            ) from error

    def save_own_variables(self, store: Any) -> None:
        """Writes the state to a store. Keras calls this method."""
        best = self._best.state() if self._best else {}
        for name, value in {"first_step": np.asarray(self.first_step), **self._loop.state(), **best}.items():
            store[name] = value

    def load_own_variables(self, store: Any) -> None:
        """Restores the state in a store. Keras calls this method."""
        state = {name: np.asarray(store[name]) for name in store.keys()}
        first_step = int(state.pop("first_step", 0))
        best = {name: state.pop(name) for name in list(state) if name.startswith("best.")}
        if bool(best) != bool(self._best):
            raise ValueError("state: expected best weights if there are validation samples, and none without")
        # The loop refuses the variables of another fit before anything changes. After this, the best weights also fit.
        self._loop.restore(state)
        if self._best:
            self._best.restore(best)
        self.first_step = first_step
