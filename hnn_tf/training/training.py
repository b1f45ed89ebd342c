"""What looks after a training knows of it."""

from contextlib import AbstractContextManager
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.typing import Samples


class Training(Protocol):
    """A training that goes on in steps: a `TrainingLoop`, where each member is described."""

    model: keras.Model
    optimizer: keras.optimizers.Optimizer
    step: int

    def run(self, num_steps: int) -> float:
        """Takes steps; returns the loss of the last one."""

    @property
    def learned(self) -> dict[str, np.ndarray]:
        """The learned columns by name."""

    @property
    def trained_variables(self) -> list[keras.Variable]:
        """The weights and learned columns."""

    def tensors(self, samples: Samples) -> dict[str, tf.Tensor]:
        """The columns of samples as tensors."""

    def validation_loss(self, samples: Samples) -> float:
        """The loss of held-out samples at the present weights."""

    def averaged_weights(self) -> AbstractContextManager[None]:
        """Within it, weights are their averages, if the optimizer keeps some."""

    def keep_averages(self) -> None:
        """Replaces weights by their averages, if the optimizer keeps some."""

    def state(self) -> dict[str, np.ndarray]:
        """All that the following steps depend on."""

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Goes back to a `state`."""
