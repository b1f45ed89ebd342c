"""Symmetric systems that may be singular, as those of the forces of redundant constraints."""

import tensorflow as tf

RELATIVE_SHIFT = {tf.float64: 1e-10, tf.float32: 2e-5, tf.float16: 1e-2, tf.bfloat16: 1e-1}
"""The shift, relative to the mean diagonal element, which is far above the roundings of each precision."""

REFINEMENTS = 2


def shift_of(matrix: tf.Tensor) -> tf.Tensor:
    """Returns the shift e `[..., 1]` of matrices `[..., C, C]`."""
    size = tf.reduce_mean(tf.linalg.diag_part(matrix), -1, keepdims=True)
    return RELATIVE_SHIFT[matrix.dtype] * tf.where(size > 0, size, tf.ones_like(size))


class ShiftedSystem:
    """The solutions of A x = b for symmetric, positive semidefinite A, factored once, by TensorFlow's own operations.

    The solution is that of `multipliers`, which consists of plain operations.

    Args:
      matrix: A `[B, C, C]`.
    """

    def __init__(self, matrix: tf.Tensor) -> None:
        self._shift = shift_of(matrix)[..., tf.newaxis]
        self._factor = tf.linalg.cholesky(matrix + self._shift * tf.eye(matrix.shape[-1], dtype=matrix.dtype))

    def solve(self, right: tf.Tensor) -> tf.Tensor:
        """Returns x `[B, C, k]` for b `[B, C, k]`."""
        solution = tf.linalg.cholesky_solve(self._factor, right)
        for _ in range(REFINEMENTS):
            solution = tf.linalg.cholesky_solve(self._factor, right + self._shift * solution)
        return solution
