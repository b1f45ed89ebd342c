"""Small triangular systems and the Cholesky factor, in plain operations that every exported format knows.

TensorFlow has operations of its own, but LiteRT, ONNX and TensorFlow.js do not know them. The matrices here are those
of mechanical systems, with few rows.
"""

import tensorflow as tf


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


def cholesky_factor(matrix: tf.Tensor) -> tf.Tensor:
    """Returns the lower triangular L `[..., n, n]` with L L^T = M for symmetric M `[..., n, n]`.

    L contains NaN if M is not positive definite.
    """
    n = matrix.shape[-1]
    zero = tf.zeros_like(matrix[..., 0, 0])
    rows: list[list[tf.Tensor]] = []
    for i in range(n):
        row: list[tf.Tensor] = []
        for j in range(i + 1):
            known = tf.add_n([row[k] * (rows[j] if j < i else row)[k] for k in range(j)]) if j else 0.0
            rest = matrix[..., i, j] - known
            row.append(tf.sqrt(rest) if j == i else rest / rows[j][j])
        rows.append(row)
    return tf.stack([tf.stack([*row, *[zero] * (n - len(row))], -1) for row in rows], -2)
