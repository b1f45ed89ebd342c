"""The shapes of the requests that the export makes itself: warmup requests, reference points and comparisons."""

import tensorflow as tf


def request_shape(spec: tf.TensorSpec, *, batch_size: int, num_times: int) -> list[int]:
    """Returns the shape of an input in a request of B rows and T times.

    Args:
      spec: The input of a signature, `[B, ...]`. Only a rollout has inputs with another open size, which is T.
      batch_size: B.
      num_times: T.
    """
    return [batch_size, *(num_times if size is None else size for size in spec.shape[1:])]
