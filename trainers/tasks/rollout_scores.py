"""The clean protocol's rollouts of a task with a known system, from inside and outside the training range."""

import functools
from typing import Any

import numpy as np

from hnn_tf import evaluation


class RolloutScores:
    """True trajectories, which are integrated once, and the distances of models' trajectories from them.

    Args:
      system: The true system.
      starts: The states `[N, 2n]` of the test set.
      ood_starts: States `[M, 2n]` from outside the range of the training data.
      times: The times of the rollouts, `[T]`.
    """

    def __init__(self, system: Any, starts: Any, ood_starts: Any, times: Any) -> None:
        self.system, self.starts, self.ood_starts, self.times = system, starts, ood_starts, times

    @functools.cached_property
    def _true(self) -> Any:
        return self._paths(self.system)

    def _paths(self, model: Any) -> Any:
        """Returns `[N + M, T, 2n]`: trajectories from the test states and, after them, from the other states."""
        return evaluation.evaluation_rollout(model, np.concatenate([self.starts, self.ood_starts]), self.times)

    def of(self, model: Any) -> tuple[dict[str, float], Any, Any]:
        """Returns a model's scores, and the true and the model's trajectories `[N, T, 2n]` from the test states."""
        count, true, predicted = len(self.starts), self._true, self._paths(model)
        inside = evaluation.evaluate_rollouts(self.system, self.times, true[:count], predicted[:count])
        outside = evaluation.evaluate_rollouts(self.system, self.times, true[count:], predicted[count:])
        ood = {f"ood_{name}": outside[name] for name in ("energy_mse", "coordinate_mse")}
        return inside | ood, true[:count], predicted[:count]
