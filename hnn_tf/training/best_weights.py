"""The weights of a training that are best on held-out samples."""

from collections.abc import Mapping

import numpy as np

from hnn_tf.training.training import Training
from hnn_tf.typing import Samples


class BestWeights:
    """Keeps the best weights of a training loop by the loss on samples that it doesn't train on; no Keras callback.

    `TrainingLoop.fit` is all of it in one call. By hand: `update` after each `run`, while not `stopped`, and then
    `restore_best`. What is compared and kept is averaged where the optimizer averages; learned columns are kept, too.

    Hold whole trajectories out: neighbours on one trajectory are nearly the same sample. The loss of noisy samples
    says which weights are better, and not how good they are.

    Args:
      loop: The training.
      validation: The objective's columns, arrays `[N, ...]`, of their own number.
      patience: Steps without a lower loss after which it is `stopped`; never when not given.

    Attributes:
      best_loss: The least validation loss so far; infinite before any.
      best_step: How many steps the loop had taken then.

    Raises:
      ValueError: If columns are missing or of different lengths, or `patience` is below 1.

    References:
      Prechelt. Early Stopping - But When? In: Neural Networks: Tricks of the Trade, 1998.
    """

    def __init__(self, loop: Training, validation: Samples, *, patience: int | None = None) -> None:
        if patience is not None and patience < 1:
            raise ValueError(f"patience: expected at least 1 step; received {patience}")
        self._loop, self._validation, self._patience = loop, loop.tensors(validation), patience
        self._best = self._weights()
        self.best_step, self.best_loss = 0, float("inf")

    def update(self) -> float:
        """Measures the loop's present weights, and keeps them if they are the best; returns their validation loss."""
        with self._loop.averaged_weights():
            loss = self._loop.validation_loss(self._validation)
            if loss < self.best_loss:  # NaN isn't
                self._best, self.best_step, self.best_loss = self._weights(), self._loop.step, loss
        return loss

    @property
    def stopped(self) -> bool:
        """Whether the last `patience` steps brought nothing better."""
        return self._patience is not None and self._loop.step - self.best_step >= self._patience

    def restore_best(self) -> None:
        """Gives the loop's model and learned columns their best values.

        Raises:
          ArithmeticError: If no validation loss was finite.
        """
        if not np.isfinite(self.best_loss):
            raise ArithmeticError("best weights: expected a finite validation loss at some step; received none")
        for variable, value in zip(self._loop.trained_variables, self._best, strict=True):
            variable.assign(value)

    def state(self) -> dict[str, np.ndarray]:
        """All that a later `restore` needs: the best weights, their step and loss."""
        weights = {f"best.{i}": value for i, value in enumerate(self._best)}
        return {"best.step": np.asarray(self.best_step), "best.loss": np.asarray(self.best_loss)} | weights

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Goes back to a `state`.

        Raises:
          ValueError: If names or shapes differ; nothing is changed then.
        """
        if {name: np.shape(value) for name, value in state.items()} != {n: v.shape for n, v in self.state().items()}:
            raise ValueError("state: expected the best weights of this model; received other weights")
        self._best = [np.asarray(state[f"best.{i}"]) for i in range(len(self._best))]
        self.best_step, self.best_loss = int(state["best.step"]), float(state["best.loss"])

    def _weights(self) -> list[np.ndarray]:
        return [variable.numpy() for variable in self._loop.trained_variables]
