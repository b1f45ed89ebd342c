"""Small positive definite systems, in plain operations that every exported format knows."""

import numpy as np
import tensorflow as tf

from hnn_tf.numerics.triangular import back_substitution, forward_substitution


def cholesky_factor(matrix: tf.Tensor) -> tf.Tensor:
    """Returns the lower triangular L `[..., n, n]` with A = L L^T of symmetric matrices A `[..., n, n]`.

    A pivot is the square of a diagonal element of L. If a pivot is not larger than its own rounding error, A is not
    positive definite in this precision, and L contains NaN. Only the lower triangle of A is read.
    """
    n, dtype = matrix.shape[-1], matrix.dtype
    # A pivot is A_ii minus up to n squares, whose sum is at most A_ii.
    least, nan = 4.0 * n * np.finfo(dtype.as_numpy_dtype).eps, tf.constant(np.nan, dtype)
    rows: list[list[tf.Tensor]] = []
    for i in range(n):
        row: list[tf.Tensor] = []
        for j in range(i + 1):
            other = rows[j] if j < i else row
            known = tf.add_n([row[k] * other[k] for k in range(j)]) if j else 0.0
            left = matrix[..., i, j] - known
            if j < i:
                row.append(left / other[j])
            else:
                row.append(tf.sqrt(tf.where(left > least * matrix[..., i, i], left, nan)))
        rows.append(row)
    zero = tf.zeros_like(matrix[..., 0, 0])
    return tf.stack([tf.stack([*row, *[zero] * (n - len(row))], -1) for row in rows], -2)


def solve_positive_definite(matrix: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Returns A^-1 b `[..., n]` for symmetric A `[..., n, n]` and b `[..., n]`; NaN if A is not positive definite."""
    factor = cholesky_factor(matrix)
    return back_substitution(factor, forward_substitution(factor, right))
