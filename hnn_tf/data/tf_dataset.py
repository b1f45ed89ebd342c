"""Samples as a `tf.data` dataset, for Keras' own `fit`."""

import numpy as np
import tensorflow as tf

from hnn_tf.typing import Samples

_ROUNDS = 24
"""The number of rounds of the cipher that permutes indices.

With the 4 rounds of `tf.random.experimental.index_shuffle`, neighbours among a million indices stay near each other:
their correlation is 0.4. With 12 or more rounds, they are as independent as after a true shuffle.
"""


def to_tf_dataset(
    samples: Samples, *, batch_size: int | None = None, seed: int | None = None, dtype: str = "float32"
) -> tf.data.Dataset:
    """Returns batches of (state, time_derivative) for `model.fit(dataset)`.

    The function shuffles indices instead of samples. A cipher computes the n-th index of an epoch without the other
    indices. For this reason, the first batch of millions of samples is available at once, and memory holds only one
    copy of the columns.

    Args:
      samples: The columns `state` and `time_derivative`, both `[N, 2n]`.
      batch_size: The number of samples per batch; by default, all N samples are one batch.
      seed: If given, the samples are shuffled again in every epoch, in the same way on every machine (together with
        TensorFlow's global seed, if one is set). By default, the samples keep their order.
      dtype: The dtype of the batches.

    Returns:
      A dataset of pairs of tensors `[batch, 2n]`.

    Raises:
      ValueError: If a column is missing, the two columns differ in shape, or a batch is empty.
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
    # Each epoch of this dataset gives one seed, which is different every time.
    seeds = tf.data.Dataset.random(seed=seed, rerandomize_each_iteration=True).batch(3, drop_remainder=True).take(1)
    shuffled = seeds.flat_map(lambda epoch_seed: numbers.map(lambda number: batch(number, epoch_seed)))
    return shuffled.apply(tf.data.experimental.assert_cardinality(num_batches)).prefetch(tf.data.AUTOTUNE)
