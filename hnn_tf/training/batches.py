"""Batches of samples, each of which depends only on the seed and the number of its step."""

import tensorflow as tf

from hnn_tf.typing import Samples


class Batches:
    """The samples of each step: either all samples, or samples that are drawn with replacement.

    A stateless generator draws the samples of a step from (seed, step).

    Args:
      num_samples: The number of all samples.
      batch_size: The number of samples in each step, >= 1; by default, all samples.
      seed: The seed of the draws.

    Raises:
      ValueError: If a batch is empty or larger than the set.
    """

    def __init__(self, num_samples: int, batch_size: int | None, seed: int) -> None:
        if batch_size is not None and not 1 <= batch_size <= num_samples:
            raise ValueError(f"batch_size: expected 1 to {num_samples} samples; received {batch_size}")
        self._num_samples, self._size, self._seed = num_samples, batch_size, seed

    def of_step(self, samples: Samples, step: tf.Tensor) -> Samples:
        """Returns the samples of step number `step`: the same rows of each column."""
        if self._size is None:
            return samples
        seed = tf.stack([tf.constant(self._seed), step])
        chosen = tf.random.stateless_uniform([self._size], seed, maxval=self._num_samples, dtype=tf.int32)
        return {name: tf.gather(column, chosen) for name, column in samples.items()}
