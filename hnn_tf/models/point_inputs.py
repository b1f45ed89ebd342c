"""The inputs of a potential of points: their coordinates, and the distances of pairs of points."""

import numbers
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.models.input_products import products_within


class PointInputs:
    """The inputs z(q) `[..., d]` of features of points, in groups: the coordinates of each point, and each distance.

    z = (q, |x_i - x_j|, ...). The positions are those of one point after the other, q = (x_1, y_1, x_2, y_2, ...).

    Args:
      width: n, the number of positions.
      dimension: The number of coordinates of a point.
      pairs: The pairs (i, j) of points whose distances are inputs.

    Attributes:
      width: d.
      groups: The indices of the inputs of each point, and of each pair.
      products: The pairs of inputs whose products are features, which are all pairs within a group.

    Raises:
      InputError: If the positions are not those of points of this dimension, or a pair is not one of two points.
    """

    def __init__(self, width: int, *, dimension: int, pairs: Sequence[Sequence[int]]) -> None:
        if not isinstance(dimension, numbers.Integral) or dimension < 1:
            raise InputError(f"dimension: expected an integer >= 1; received {dimension}")
        count = width // dimension
        if width % dimension:
            raise InputError(
                f"dimension: expected positions of a width that is a multiple of {dimension}; received width {width}"
            )
        if len(set(map(frozenset, pairs))) < len(pairs):
            raise InputError(f"pairs: expected each pair once; received {list(pairs)}")
        for i, j in pairs:
            if not (0 <= i < count and 0 <= j < count and i != j):
                raise InputError(f"pairs: expected two different points from 0 to {count - 1}; received {(i, j)}")
        self.width = width + len(pairs)
        self.groups = [np.arange(k * dimension, (k + 1) * dimension) for k in range(count)]
        self.groups += [np.array([width + k]) for k in range(len(pairs))]
        self.products = products_within(self.groups)
        # A product with this map gives all differences, because the gradient of a gather is slow.
        self._differences: np.ndarray = np.zeros([width, len(pairs), dimension])
        for k, (i, j) in enumerate(pairs):
            for axis in range(dimension):
                self._differences[i * dimension + axis, k, axis] = 1.0
                self._differences[j * dimension + axis, k, axis] = -1.0

    def value(self, x: tf.Tensor) -> tf.Tensor:
        """Returns z `[..., d]` at positions `[..., n]`."""
        # Converters refuse a part of width 0.
        return tf.concat([x, self._apart(x)[1][..., 0]], -1) if self._differences.shape[1] else x

    def jacobian(self, x: tf.Tensor) -> tf.Tensor:
        """Returns dz/dq `[..., n, d]` at positions `[..., n]`, in plain operations."""
        own = tf.zeros_like(x)[..., tf.newaxis] + tf.eye(x.shape[-1], dtype=x.dtype)
        if not self._differences.shape[1]:
            return own
        differences, distances = self._apart(x)
        directions = (differences / distances)[..., tf.newaxis, :, :]
        return tf.concat([own, tf.reduce_sum(directions * tf.constant(self._differences, x.dtype), -1)], -1)

    def _apart(self, x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns x_i - x_j `[..., pairs, dimension]`, and the distance `[..., pairs, 1]`, of every pair."""
        width, pairs, dimension = self._differences.shape
        flat = tf.matmul(x, tf.constant(self._differences.reshape(width, -1), x.dtype))
        differences = tf.reshape(flat, tf.concat([tf.shape(x)[:-1], [pairs, dimension]], 0))
        # With this bound, points at the same place have no force, instead of NaN.
        least = float(np.finfo(np.float32).tiny)
        return differences, tf.sqrt(tf.maximum(tf.reduce_sum(differences**2, -1, keepdims=True), least))
