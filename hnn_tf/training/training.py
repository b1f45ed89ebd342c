"""The interface of a training for the code that supervises it."""

from contextlib import AbstractContextManager
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.typing import Samples


class Training(Protocol):
    """The interface of a `TrainingLoop`, which describes each member."""

    model: keras.Model
    optimizer: keras.optimizers.Optimizer
    step: int

    def run(self, num_steps: int) -> float:
        """Takes steps, and returns the loss of the last step."""

    @property
    def learned(self) -> dict[str, np.ndarray]:
        """The learned columns, by name."""

    @property
    def trained_variables(self) -> list[keras.Variable]:
        """The weights and the learned columns."""

    def tensors(self, samples: Samples) -> dict[str, tf.Tensor]:
        """Returns the columns of samples as tensors."""

    def validation_loss(self, samples: Samples) -> float:
        """Returns the loss of held-out samples at the present weights."""

    def averaged_weights(self) -> AbstractContextManager[None]:
        """Sets the weights to their averages within the block, if the optimizer keeps averages."""

    def keep_averages(self) -> None:
        """Replaces the weights by their averages, if the optimizer keeps averages."""

    def state(self) -> dict[str, np.ndarray]:
        """Returns everything on which the following steps depend."""

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Restores a `state`."""
