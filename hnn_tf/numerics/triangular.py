"""Small triangular systems and Cholesky factors, in plain operations that every exported format knows.

TensorFlow has these as operations of its own, but LiteRT, ONNX and TensorFlow.js do not know them. The matrices here
are those of mechanical systems, with few rows.
"""

import tensorflow as tf


def cholesky_factor(matrix: tf.Tensor) -> tf.Tensor:
    """Returns the lower triangular L `[..., n, n]`, with a positive diagonal, for which L L^T is the matrix.

    L contains NaN if the matrix `[..., n, n]` is not positive definite.
    """
    n = matrix.shape[-1]
    columns: list[tf.Tensor] = []
    rest = matrix
    for j in range(n):
        column = rest[..., :, j] / tf.sqrt(rest[..., j : j + 1, j])
        columns.append(column)
        rest -= column[..., :, tf.newaxis] * column[..., tf.newaxis, :]
    # The upper triangle holds the rounding errors of zeros.
    lower = tf.constant([[float(i >= j) for j in range(n)] for i in range(n)], matrix.dtype)
    return tf.stack(columns, -1) * lower


def forward_substitution(factor: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Returns L^-1 b `[..., n]` for a lower triangular L `[..., n, n]` and b `[..., n]`."""
    solution: list[tf.Tensor] = []
    for i in range(right.shape[-1]):
        known = tf.add_n([factor[..., i, j] * solution[j] for j in range(i)]) if i else 0.0
        solution.append((right[..., i] - known) / factor[..., i, i])
    return tf.stack(solution, -1)


def back_substitution(factor: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Returns L^-T b `[..., n]` for a lower triangular L `[..., n, n]` and b `[..., n]`."""
    n = right.shape[-1]
    solution: dict[int, tf.Tensor] = {}
    for i in reversed(range(n)):
        known = tf.add_n([factor[..., j, i] * solution[j] for j in range(i + 1, n)]) if i + 1 < n else 0.0
        solution[i] = (right[..., i] - known) / factor[..., i, i]
    return tf.stack([solution[i] for i in range(n)], -1)
