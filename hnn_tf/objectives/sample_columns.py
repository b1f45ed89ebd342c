"""The columns of samples that an objective reads."""

import tensorflow as tf

from hnn_tf.objectives.base import Objective
from hnn_tf.objectives.shooting import since_first
from hnn_tf.typing import Samples


def check_columns(objective: Objective, samples: Samples) -> None:
    """Refuses samples without the objective's columns, or with columns of different lengths.

    Raises:
      ValueError: Naming them.
    """
    missing = [name for name in objective.columns if name not in samples]
    if missing:
        raise ValueError(f"samples: objective {objective.name!r} needs the columns {missing}, too")
    lengths = {name: len(samples[name]) for name in objective.columns}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"samples: expected columns of equal length; received {lengths}")


def column_tensors(objective: Objective, samples: Samples, dtype: str) -> dict[str, tf.Tensor]:
    """The objective's columns as tensors; times count from the first of their row.

    Tensors of that precision are taken as they are. Arrays are copied: what a caller writes to them later isn't seen.

    Raises:
      ValueError: As `check_columns`.
    """
    check_columns(objective, samples)
    columns = {**samples, "times": since_first(samples["times"])} if "times" in samples else samples
    return {name: tf.constant(columns[name], dtype) for name in objective.columns}
