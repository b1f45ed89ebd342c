"""Training steps in calls that are short enough to be interrupted between them."""

import time

from hnn_tf.optimizers import LBFGS
from hnn_tf.training.training_loop import TrainingLoop

SECONDS_A_CALL = 0.5


class ShortCalls:
    """Cuts the steps of a loop into calls of about half a second each; the same steps follow (`TrainingLoop`).

    But for L-BFGS: it computes the gradient anew in every call, in other roundings, so its calls stay whole.
    """

    def __init__(self, loop: TrainingLoop) -> None:
        self._loop, self._calls, self._most = loop, 0, 1

    def run_towards(self, end: int) -> float:
        """One call, of which step `end` may be the last; returns the loss of its last step."""
        whole = isinstance(self._loop.optimizer, LBFGS)
        count = end - self._loop.step if whole else min(self._most, end - self._loop.step)
        began = time.monotonic()
        loss = self._loop.run(count)
        self._calls += 1
        if self._calls > 1:  # the first one compiles: its time says nothing of steps
            self._most = max(1, int(SECONDS_A_CALL * count / max(time.monotonic() - began, 1e-9)))
        return loss
