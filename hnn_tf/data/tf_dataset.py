"""Samples as `tf.data`, for Keras' own `fit`."""

import numpy as np
import tensorflow as tf

from hnn_tf.typing import Samples


def to_tf_dataset(
    samples: Samples, *, batch_size: int | None = None, seed: int | None = None, dtype: str = "float32"
) -> tf.data.Dataset:
    """Batches of (state, time_derivative) for `model.fit(dataset)`.

    Args:
      samples: Columns `state` and `time_derivative`, both `[N, 2n]`.
      batch_size: Samples a batch; all N in one batch when not given.
      seed: Reshuffles the samples every epoch, reproducibly; they keep their order when not given.
      dtype: Of the batches.

    Returns:
      A dataset of pairs of tensors `[batch, 2n]`.

    Raises:
      ValueError: If a column is missing, the two differ in shape, or a batch is empty.
    """
    missing = [name for name in ("state", "time_derivative") if name not in samples]
    if missing:
        raise ValueError(f"samples: expected columns 'state' and 'time_derivative', as a dict; missing: {missing}")
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"batch_size: expected at least 1 sample; received {batch_size}")
    columns = tuple(np.asarray(samples[name], dtype) for name in ("state", "time_derivative"))
    if columns[0].shape != columns[1].shape:
        raise ValueError(
            f"samples: expected columns of equal shape; received {columns[0].shape} and {columns[1].shape}"
        )
    dataset = tf.data.Dataset.from_tensor_slices(columns)
    if seed is not None:
        dataset = dataset.shuffle(len(columns[0]), seed=seed, reshuffle_each_iteration=True)
    return dataset.batch(batch_size or len(columns[0])).prefetch(tf.data.AUTOTUNE)
