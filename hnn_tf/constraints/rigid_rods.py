"""Rods of constant length between points, and between points and fixed anchors."""

import numbers
from collections.abc import Sequence
from typing import Any, Self

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError

_SAME_LENGTH = 0.1
"""The largest standard deviation of a rod's length, relative to the length, that noise may explain."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class RigidRods(keras.layers.Layer):
    """The constraints of rods without mass, each of which keeps two points at a constant distance.

    phi_r(q) = (|d_r|^2 - l_r^2) / (2 l_r),  d_r = x_i - x_j for a pair, and d_r = x_i - a for an anchor a.

    Close to the manifold phi = 0, phi_r is the error of the rod's length. The positions are those of points x_i in
    space, one point after the other: q = (x_1, y_1, x_2, y_2, ...). A rigid body is 2, 3 or 4 points, in the plane, on
    a plane in space, or in space, with a rod between any two of them.

    Args:
      pairs: The indices (i, j) of the points that each rod connects.
      anchors: The rods to fixed points: an index i and the coordinates of the anchor `[dimension]` for each.
      dimension: The number of coordinates of a point, >= 1.
      lengths: The lengths of the rods, > 0: those of the pairs, then those of the anchors. `RigidRods.found_in` finds
        them in data.

    Input: position `[..., n]`, n = points x dimension. Output: phi `[..., C]`, in the unit of length.

    Raises:
      InputError: If there is no rod, an index is not >= 0, a rod has both ends at one point or stands twice, an anchor
        has another number of coordinates, or the lengths are not one number > 0 for each rod. When the layer is built:
        if a rod ends at a point that does not exist.

    Example:
      >>> double_pendulum = RigidRods([(0, 1)], [(0, (0.0, 0.0))], dimension=2, lengths=[1.0, 1.0])
      >>> double_pendulum(keras.ops.array([[0.0, -1.0, 1.0, -1.0]])).numpy()
      array([[0., 0.]], dtype=float32)
    """

    def __init__(
        self,
        pairs: Sequence[Sequence[int]] = (),
        anchors: Sequence[Sequence[Any]] = (),
        *,
        dimension: int,
        lengths: Sequence[float],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _check(pairs, anchors, dimension)
        self.pairs = tuple((int(i), int(j)) for i, j in pairs)
        self.anchors = tuple((int(i), tuple(map(float, anchor))) for i, anchor in anchors)
        self.dimension, self.lengths = int(dimension), tuple(map(float, lengths))
        if len(self.lengths) != len(self) or not (np.isfinite(self.lengths).all() and min(self.lengths) > 0):
            raise InputError(
                f"RigidRods: lengths: expected one finite number > 0 for each of the {len(self)} rods; received "
                f"{list(self.lengths)}"
            )
        self.supports_masking = True

    @classmethod
    def found_in(
        cls,
        positions: np.ndarray,
        pairs: Sequence[Sequence[int]] = (),
        anchors: Sequence[Sequence[Any]] = (),
        *,
        dimension: int,
        **kwargs: Any,
    ) -> Self:
        """Makes rods with the lengths that measured positions `[..., n]` have.

        Independent noise of equal size in all coordinates makes a distance longer on average, by about the noise of the
        distance. The length is therefore found from l^2 = mean |d|^2 - dimension x variance of |d|.

        Raises:
          InputError: As the constructor; or if a distance varies by more than a tenth of itself, so that there is no
            rod between the two points.
        """
        _check(pairs, anchors, dimension)
        flat = np.asarray(positions, np.float64).reshape(-1, np.shape(positions)[-1])
        rods = cls(pairs, anchors, dimension=dimension, lengths=[1.0] * (len(pairs) + len(anchors)), **kwargs)
        rods.build([None, flat.shape[-1]])
        distances = np.linalg.norm(rods.numpy_separations(flat), axis=-1)
        variances = np.var(distances, 0)
        squares = np.mean(distances**2, 0) - dimension * variances
        for rod, (variance, square) in enumerate(zip(variances, squares, strict=True)):
            if not variance <= _SAME_LENGTH**2 * square:
                least, most = distances[:, rod].min(), distances[:, rod].max()
                raise InputError(
                    f"RigidRods: rod {rods.rod_name(rod)}: expected a constant length; received distances from "
                    f"{least:.4g} to {most:.4g}; leave this rod out, or correct the order of the positions"
                )
        return cls(pairs, anchors, dimension=dimension, lengths=np.sqrt(squares).tolist(), **kwargs)

    def __len__(self) -> int:
        """Returns the number of rods."""
        return len(self.pairs) + len(self.anchors)

    def rod_name(self, rod: int) -> str:
        """Returns the name of a rod in messages: its two points, or its point and its anchor."""
        if rod < len(self.pairs):
            return "{}-{}".format(*self.pairs[rod])
        point, anchor = self.anchors[rod - len(self.pairs)]
        return f"{point}-({', '.join(f'{x:g}' for x in anchor)})"

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Prepares the layer for positions `[..., n]`."""
        width = input_shape[-1]
        if width is None:
            raise ValueError(f"{self.name}: expected positions of known width; received shape {tuple(input_shape)}")
        ends = [
            (rod, end, sign) for rod, pair in enumerate(self.pairs) for end, sign in zip(pair, (1, -1), strict=True)
        ]
        ends += [(len(self.pairs) + k, point, 1) for k, (point, _) in enumerate(self.anchors)]
        for rod, point, _ in ends:
            if (point + 1) * self.dimension > width:
                raise InputError(
                    f"RigidRods: rod {self.rod_name(rod)}: expected points from 0 to {width // self.dimension - 1}, "
                    f"because positions have width {width} and points {self.dimension} coordinates; received {point}"
                )
        if width % self.dimension:
            raise InputError(
                f"RigidRods: expected positions of a width that is a multiple of dimension={self.dimension}; "
                f"received width {width}"
            )
        self._incidence = np.zeros([len(self), width // self.dimension])
        for rod, point, sign in ends:
            self._incidence[rod, point] += sign
        self._fixed = np.zeros([len(self), self.dimension])
        for k, (_, anchor) in enumerate(self.anchors):
            self._fixed[len(self.pairs) + k] = anchor
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: width})

    def call(self, position: tf.Tensor) -> tf.Tensor:
        """Returns phi `[..., C]` at positions `[..., n]`."""
        d, lengths = self._separations(position), self._as(self.lengths)
        return (tf.reduce_sum(d * d, -1) - lengths * lengths) / (2.0 * lengths)

    def jacobian(self, position: tf.Tensor) -> tf.Tensor:
        """Returns dphi/dq `[..., C, n]` at positions `[..., n]`."""
        d = self._separations(position) / self._as(self.lengths)[:, tf.newaxis]
        rows = self._as(self._incidence)[:, :, tf.newaxis] * d[..., tf.newaxis, :]
        return tf.reshape(rows, tf.concat([tf.shape(rows)[:-2], [self.input_spec.axes[-1]]], 0))

    def curvature(self, position: tf.Tensor, velocity: tf.Tensor) -> tf.Tensor:
        """Returns v^T (d^2 phi / dq^2) v `[..., C]` at positions and velocities, `[..., n]` each."""
        self._prepared(position)
        rates = self._between(self._prepared(velocity))
        return tf.reduce_sum(rates * rates, -1) / self._as(self.lengths)

    def numpy_differences(self, vectors: np.ndarray) -> np.ndarray:
        """Returns the differences `[..., C, dimension]` of vectors `[..., n]` at the ends of the rods, by NumPy.

        The layer must be built, as for the other methods with NumPy. An anchor has the vector 0.
        """
        return self._incidence @ vectors.reshape(*vectors.shape[:-1], -1, self.dimension)

    def numpy_separations(self, positions: np.ndarray) -> np.ndarray:
        """Returns d `[..., C, dimension]` at positions `[..., n]`, by NumPy."""
        return self.numpy_differences(positions) - self._fixed

    def numpy_jacobian(self, positions: np.ndarray) -> np.ndarray:
        """Returns dphi/dq `[..., C, n]` at positions `[..., n]`, by NumPy."""
        d = self.numpy_separations(positions) / np.asarray(self.lengths)[:, np.newaxis]
        rows = self._incidence[:, :, np.newaxis] * d[..., np.newaxis, :]
        return rows.reshape(*rows.shape[:-2], -1)

    def _prepared(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns positions or velocities `[..., n]` in the layer's precision, and builds the layer if necessary."""
        vector = tf.cast(vector, self.compute_dtype)
        if not self.built:
            self.build(vector.shape)
        width = self.input_spec.axes[-1]
        if not vector.shape[-1:].is_compatible_with([width]):
            raise ValueError(f"{self.name}: expected vectors of width {width}; received {vector.shape}")
        return vector

    def _separations(self, position: tf.Tensor) -> tf.Tensor:
        """Returns d `[..., C, dimension]`."""
        return self._between(self._prepared(position)) - self._as(self._fixed)

    def _between(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns the differences `[..., C, dimension]` of vectors `[..., n]` at the ends of the rods."""
        shape = tf.concat([tf.shape(vector)[:-1], self._incidence.shape[1:], [self.dimension]], 0)
        points = tf.reshape(vector, shape)
        # For these few points, a sum of products is as fast as a matrix product, which LiteRT would reshape.
        return tf.reduce_sum(self._as(self._incidence)[:, :, tf.newaxis] * points[..., tf.newaxis, :, :], -2)

    def _as(self, array: Any) -> tf.Tensor:
        return tf.constant(array, self.compute_dtype)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[..., C]` of phi for positions `[..., n]`."""
        return (*input_shape[:-1], len(self))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "pairs": [list(pair) for pair in self.pairs],
            "anchors": [[i, list(anchor)] for i, anchor in self.anchors],
            "dimension": self.dimension,
            "lengths": list(self.lengths),
        }


def _check(pairs: Sequence[Sequence[int]], anchors: Sequence[Sequence[Any]], dimension: int) -> None:
    if not isinstance(dimension, numbers.Integral) or dimension < 1:
        raise InputError(f"RigidRods: dimension: expected an integer >= 1; received {dimension}")
    if not len(pairs) and not len(anchors):
        raise InputError("RigidRods: expected at least one pair of points or anchor; received none")
    seen = set()
    for pair in pairs:
        if np.shape(pair) != (2,) or min(pair) < 0 or pair[0] == pair[1] or list(map(int, pair)) != list(pair):
            raise InputError(f"RigidRods: pairs: expected two different indices of points, >= 0; received {pair}")
        if frozenset(pair) in seen:
            raise InputError(f"RigidRods: pairs: expected each rod once; received {tuple(pair)} twice")
        seen.add(frozenset(pair))
    for index, rod in enumerate(anchors):
        if rod in anchors[:index]:
            raise InputError(f"RigidRods: anchors: expected each rod once; received {rod} twice")
        if len(rod) != 2:
            raise InputError(f"RigidRods: anchors: expected pairs (point, coordinates of the anchor); received {rod}")
        point, anchor = rod
        if point < 0 or point != int(point) or np.shape(anchor) != (dimension,) or not np.isfinite(anchor).all():
            raise InputError(
                f"RigidRods: anchors: expected the index of a point, >= 0, and {dimension} finite coordinates; "
                f"received {point} and {anchor}"
            )
