"""Training steps in short calls, between which a training can be interrupted."""

import time

from hnn_tf.optimizers import LBFGS
from hnn_tf.training.training_loop import TrainingLoop

SECONDS_A_CALL = 0.5


class ShortCalls:
    """The steps of a loop in calls of about half a second each, which do not change the steps (see `TrainingLoop`).

    L-BFGS is an exception. It computes the gradient again in every call, with other rounding, so its steps are not
    divided into short calls.
    """

    def __init__(self, loop: TrainingLoop) -> None:
        self._loop, self._calls, self._most = loop, 0, 1

    def run_towards(self, end: int) -> float:
        """Takes the steps of one call, at most up to step `end`, and returns the loss of the last step."""
        whole = isinstance(self._loop.optimizer, LBFGS)
        count = end - self._loop.step if whole else min(self._most, end - self._loop.step)
        began = time.monotonic()
        loss = self._loop.run(count)
        self._calls += 1
        if self._calls > 1:  # the first call also compiles, so its time is not that of the steps
            self._most = max(1, int(SECONDS_A_CALL * count / max(time.monotonic() - began, 1e-9)))
        return loss
