"""The columns of samples that an objective reads."""

import numpy as np
import tensorflow as tf

from hnn_tf.data.columns import trajectory_columns
from hnn_tf.data.recordings import Recordings
from hnn_tf.objectives.base import Objective
from hnn_tf.objectives.shooting import since_first
from hnn_tf.typing import Samples


def check_columns(objective: Objective, samples: Samples) -> None:
    """Refuses samples without the objective's columns, or with columns of different lengths.

    Raises:
      ValueError: If columns are missing or have different lengths. The message names them.
    """
    columns = objective.columns_in(samples)
    missing = [name for name in columns if name not in samples]
    if missing:
        raise ValueError(f"samples: objective {objective.name!r} needs the columns {missing}, too")
    lengths = {name: len(samples[name]) for name in columns}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"samples: expected columns of equal length; received {lengths}")


def window_columns(windows: Recordings) -> dict[str, np.ndarray]:
    """Returns the columns of recordings of equal length; see `trajectory_columns`.

    If some numbers were not observed, the column `observed` has the weight of each number, with the mean 1.
    """
    columns = trajectory_columns(
        windows.stacked("times"),
        windows.stacked("states"),
        windows.stacked("inputs") if windows.num_inputs else None,
        windows.stacked("parameters") if windows.num_parameters else None,
        interpolation=windows.input_interpolation,
    )
    if windows[0].observed is not None:
        columns["observed"] = mean_weights(windows.stacked("observed"))
    return columns


def mean_weights(seen: np.ndarray) -> np.ndarray:
    """Returns weights in the relation of the given ones, with the mean 1, so that a weighted mean is a mean."""
    return seen / np.mean(seen)


def parameters_of_readings(recordings: Recordings) -> np.ndarray | None:
    """Returns the parameters `[N, k]` of all readings of all recordings; None if the recordings have none."""
    if not recordings.num_parameters:
        return None
    return np.repeat(recordings.stacked("parameters"), [len(each) for each in recordings], 0)


def column_tensors(objective: Objective, samples: Samples, dtype: str) -> dict[str, tf.Tensor]:
    """Returns the objective's columns as tensors, in which times count from the first time of their row.

    Tensors of the given precision are used without a copy. Arrays are copied, so later changes of an array have no
    effect.

    Raises:
      ValueError: For the same reasons as in `check_columns`.
    """
    check_columns(objective, samples)
    columns = {**samples, "times": since_first(samples["times"])} if "times" in samples else samples
    return {name: tf.constant(columns[name], dtype) for name in objective.columns_in(samples)}
