"""The weights of a training that are best on held-out samples."""

from collections.abc import Mapping

import numpy as np

from hnn_tf.training.training import Training
from hnn_tf.typing import Samples


class BestWeights:
    """The best weights of a training loop, by the loss on samples on which the loop does not train.

    `TrainingLoop.fit` does all of this in one call. In your own code, call `update` after each `run` until `stopped` is
    true, and then call `restore_best`. This class is independent of Keras' callbacks. If the optimizer averages the
    weights, the averages are compared and kept. The learned columns are also kept.

    Hold out whole trajectories, because neighbours on a trajectory are nearly the same sample. The loss of noisy
    samples only shows which weights are better, because the noise itself adds to the loss.

    Args:
      loop: The training.
      validation: The objective's columns of the held-out samples, arrays `[N, ...]` with any N.
      patience: The number of steps without a lower loss after which `stopped` is true; by default, it is always false.

    Attributes:
      best_loss: The least validation loss so far; infinite before the first one.
      best_step: The number of steps that the loop had taken at the least validation loss.

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
        """Returns the validation loss of the loop's present weights, and keeps the weights if they are the best."""
        with self._loop.averaged_weights():
            loss = self._loop.validation_loss(self._validation)
            if loss < self.best_loss:  # false for NaN
                self._best, self.best_step, self.best_loss = self._weights(), self._loop.step, loss
        return loss

    @property
    def stopped(self) -> bool:
        """Whether the last `patience` steps have not lowered the validation loss."""
        return self._patience is not None and self._loop.step - self.best_step >= self._patience

    def restore_best(self) -> None:
        """Sets the loop's model and learned columns to their best values.

        Raises:
          ArithmeticError: If no validation loss was finite.
        """
        if not np.isfinite(self.best_loss):
            raise ArithmeticError("best weights: expected a finite validation loss at some step; received none")
        for variable, value in zip(self._loop.trained_variables, self._best, strict=True):
            variable.assign(value)

    def state(self) -> dict[str, np.ndarray]:
        """Returns the best weights, their step and their loss, as a later `restore` needs them."""
        weights = {f"best.{i}": value for i, value in enumerate(self._best)}
        return {"best.step": np.asarray(self.best_step), "best.loss": np.asarray(self.best_loss)} | weights

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Restores a `state`.

        Raises:
          ValueError: If names or shapes differ; nothing is changed then.
        """
        if {name: np.shape(value) for name, value in state.items()} != {n: v.shape for n, v in self.state().items()}:
            raise ValueError("state: expected the best weights of this model; received other weights")
        self._best = [np.asarray(state[f"best.{i}"]) for i in range(len(self._best))]
        self.best_step, self.best_loss = int(state["best.step"]), float(state["best.loss"])

    def _weights(self) -> list[np.ndarray]:
        return [variable.numpy() for variable in self._loop.trained_variables]
