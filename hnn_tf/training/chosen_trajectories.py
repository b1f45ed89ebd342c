"""The trajectories that a fit of a few of them uses."""

import numpy as np

from hnn_tf.typing import Samples


def chosen_trajectories(samples: Samples, count: int) -> np.ndarray:
    """Returns the indices `[K]`, in ascending order, of the trajectories that a fit of `count` trajectories uses.

    Without inputs, these are the first trajectories. With inputs, the first trajectories in which most inputs act are
    preferred, and at least one trajectory of each input that ever acts is among them. Otherwise, a fit could not find
    the gains of inputs that act only later.

    Args:
      samples: The columns `times` `[N, T]` and, if there are inputs, `inputs` `[N, T, m]`.
      count: The number of trajectories; more are used only if the inputs act in more trajectories, one by one.
    """
    if "inputs" not in samples:
        return np.arange(min(count, len(samples["times"])))
    acts = np.abs(samples["inputs"]).max(1) > 0
    # For an input that never acts, this is the trajectory 0, which does no harm.
    needed = np.isin(np.arange(len(acts)), acts.argmax(0))
    order = np.lexsort([-acts.sum(1), ~needed])  # stable; the last key is the first criterion
    return np.sort(order[: max(count, needed.sum())])
