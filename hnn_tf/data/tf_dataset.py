"""Samples as `tf.data`, for Keras' own `fit`."""

import numpy as np
import tensorflow as tf

from hnn_tf.typing import Samples

_ROUNDS = 24
"""Of the cipher that permutes indices. With the 4 of `tf.random.experimental.index_shuffle` neighbours among a million
stay near each other (their correlation is 0.4); with 12 or more they are as independent as of a true shuffle."""


def to_tf_dataset(
    samples: Samples, *, batch_size: int | None = None, seed: int | None = None, dtype: str = "float32"
) -> tf.data.Dataset:
    """Batches of (state, time_derivative) for `model.fit(dataset)`.

    Indices are shuffled, not samples: a cipher gives the n-th index of an epoch without the others, so that the first
    batch of millions comes at once, and nothing but one copy of the columns is held.

    Args:
      samples: Columns `state` and `time_derivative`, both `[N, 2n]`.
      batch_size: Samples a batch; all N in one batch when not given.
      seed: Reshuffles the samples every epoch, the same on every machine (together with TensorFlow's global seed, if
        one is set); they keep their order when not given.
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
    tensors, count = tuple(tf.constant(column) for column in columns), len(columns[0])
    size = batch_size or max(1, count)
    num_batches = -(-count // size)

    def batch(number: tf.Tensor, epoch_seed: tf.Tensor | None = None) -> tuple[tf.Tensor, ...]:
        first, end = number * size, tf.minimum((number + 1) * size, count)
        if epoch_seed is None:
            return tuple(tensor[first:end] for tensor in tensors)
        indices = tf.raw_ops.RandomIndexShuffle(
            index=tf.range(first, end), seed=epoch_seed, max_index=tf.constant(count - 1, tf.int64), rounds=_ROUNDS
        )
        return tuple(tf.gather(tensor, indices) for tensor in tensors)

    numbers = tf.data.Dataset.range(num_batches)
    if seed is None:
        return numbers.map(batch).prefetch(tf.data.AUTOTUNE)
    # One epoch of seeds is one seed, and another one each time.
    seeds = tf.data.Dataset.random(seed=seed, rerandomize_each_iteration=True).batch(3, drop_remainder=True).take(1)
    shuffled = seeds.flat_map(lambda epoch_seed: numbers.map(lambda number: batch(number, epoch_seed)))
    return shuffled.apply(tf.data.experimental.assert_cardinality(num_batches)).prefetch(tf.data.AUTOTUNE)
