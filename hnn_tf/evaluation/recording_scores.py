"""The distances of rollouts from recordings."""

from collections.abc import Sequence

import numpy as np

from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings
from hnn_tf.evaluation.trajectories import coordinate_mse, valid_prediction_time


def truth(recording: Recording) -> np.ndarray:
    """Returns the true states `[T, 2n]`, or the readings if the true states are unknown."""
    return recording.states if recording.true_states is None else recording.true_states


def scores(
    recordings: Recordings, paths: Sequence[np.ndarray], *, trained: tuple[np.ndarray, np.ndarray] | None = None
) -> dict[str, float]:
    """Returns the distances of rollouts from the true states of recordings, or from the readings.

    Args:
      recordings: The recordings.
      paths: The rollout `[T_i, 2n]` at the times of each recording.
      trained: The smallest and the largest parameters `[k]` of the training, if the recordings have parameters. The
        recordings whose parameters are all within these ranges have their own distance, and the others, too.
    """
    pairs = [(each.times, truth(each)[None], path[None]) for each, path in zip(recordings, paths, strict=True)]
    distances = np.array([coordinate_mse(true, path) for _, true, path in pairs])
    found = {
        "coordinate_mse": float(np.mean(distances)),
        "valid_prediction_time": float(np.median([valid_prediction_time(*pair) for pair in pairs])),
    }
    if trained is not None:
        (low, high), values = trained, recordings.stacked("parameters")
        inside = np.all((values >= low) & (values <= high), 1)
        for name, chosen in (("interpolation", inside), ("extrapolation", ~inside)):
            if chosen.any():
                found[f"{name}_coordinate_mse"] = float(np.mean(distances[chosen]))
    return found
