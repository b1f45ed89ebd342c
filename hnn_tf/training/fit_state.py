"""The state of a fit in the form in which Keras backs up a model."""

import os
import pathlib
from typing import Any

import keras
import numpy as np

from hnn_tf.input_error import InputError
from hnn_tf.training.best_weights import BestWeights
from hnn_tf.training.training import Training


class FitState(keras.Model):
    """All that the rest of a fit depends on, as a model whose weights `BackupAndRestore` saves and loads.

    The model that is trained knows nothing of the step, of learned columns and of the best weights so far: a backup of
    its own weights would go on to others.

    Args:
      loop: The training.
      best: Its best weights, if there are validation samples.

    Attributes:
      first_step: At which the fit began.
    """

    optimizer = None  # its variables are in the loop's state

    def __init__(self, loop: Training, best: BestWeights | None) -> None:
        super().__init__(name="fit_state")
        self._loop, self._best = loop, best
        self.first_step = loop.step
        self.built = True

    def save_weights(self, filepath: str | os.PathLike, **options: Any) -> None:
        """Writes the state to a file `*.weights.h5`, whole or not at all."""
        path = pathlib.Path(filepath)
        unfinished = path.with_name(f"unfinished.{path.name}")  # Keras insists on the ending
        super().save_weights(unfinished, **options)
        os.replace(unfinished, path)

    def load_weights(self, filepath: str | os.PathLike, **options: Any) -> None:
        """Goes back to the state of a file.

        Raises:
          InputError: If it is of another fit; nothing is changed then.
        """
        try:
            super().load_weights(filepath, **options)
        except ValueError as error:
            raise InputError(
                f"{filepath}: expected a backup of this fit, of its model, optimizer, learned columns and validation; "
                "received another backup; remove the file to train anew"
            ) from error

    def save_own_variables(self, store: Any) -> None:
        """Called by Keras."""
        best = self._best.state() if self._best else {}
        for name, value in {"first_step": np.asarray(self.first_step), **self._loop.state(), **best}.items():
            store[name] = value

    def load_own_variables(self, store: Any) -> None:
        """Called by Keras."""
        state = {name: np.asarray(store[name]) for name in store.keys()}
        first_step = int(state.pop("first_step", 0))
        best = {name: state.pop(name) for name in list(state) if name.startswith("best.")}
        if bool(best) != bool(self._best):
            raise ValueError("state: expected best weights if there are validation samples, and none without")
        self._loop.restore(state)  # changes nothing if it is of other variables, and so would be the best weights
        if self._best:
            self._best.restore(best)
        self.first_step = first_step
