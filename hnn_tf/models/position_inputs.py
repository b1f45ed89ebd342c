"""The inputs of a function of positions, in which angles enter by their sine and cosine."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.models.input_products import products_within


class PositionInputs:
    """The inputs z(x) `[..., d + k]` of a function with the period 2 pi in k of its d arguments.

    z = (the arguments that are not angles, the sines of the angles, the cosines of the angles). Without angles, z = x.

    Args:
      width: The number of positions, which is d without parameters.
      angles: The k indices of the positions that are angles (rad).
      num_parameters: The number of the arguments that follow the positions and are no angles.

    Attributes:
      width: d + k.
      groups: The indices of the inputs that may meet in one feature, which are all inputs.
      products: The pairs of inputs whose products are features, which are all pairs.

    Raises:
      InputError: If an index is not that of a position, or stands twice.
    """

    def __init__(self, width: int, angles: Sequence[int], *, num_parameters: int = 0) -> None:
        if not all(0 <= i < width for i in angles) or len(set(angles)) < len(angles):
            raise InputError(f"angles: expected different indices from 0 to {width - 1}; received {tuple(angles)}")
        arguments = np.eye(width + num_parameters)
        others = [i for i in range(len(arguments)) if i not in angles]
        self._has_angles, self._has_others = bool(angles), bool(others)
        # Products with these matrices select. The gradient of a gather would be slow, and converters refuse it.
        self._others, self._angles = arguments[:, others], arguments[:, list(angles)]
        self.width = len(others) + 2 * len(angles)
        self.groups = [np.arange(self.width)]
        self.products = products_within(self.groups)

    def value(self, x: tf.Tensor) -> tf.Tensor:
        """Returns z `[..., d + k]` for arguments `[..., d]`."""
        if not self._has_angles:
            return x
        angle = tf.matmul(x, self._as(self._angles, x))
        # A part of width 0 would leave an empty tensor in exported graphs, and converters refuse empty tensors.
        others = [tf.matmul(x, self._as(self._others, x))] if self._has_others else []
        return tf.concat([*others, tf.sin(angle), tf.cos(angle)], -1)

    def pulled_back(self, x: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[..., d]` of u . z by x, for constant u `[..., d + k]`, in plain operations."""
        if not self._has_angles:
            return upstream
        angles = self._as(self._angles, x)
        angle, k = tf.matmul(x, angles), self._angles.shape[1]
        of_sine, of_cosine = upstream[..., -2 * k : -k], upstream[..., -k:]
        gradient = tf.matmul(of_sine * tf.cos(angle) - of_cosine * tf.sin(angle), angles, transpose_b=True)
        if self._has_others:
            gradient += tf.matmul(upstream[..., : -2 * k], self._as(self._others, x), transpose_b=True)
        return gradient

    def pushed_forward(self, x: tf.Tensor, tangent: tf.Tensor) -> tf.Tensor:
        """Returns the derivative `[..., d + k]` of z along a constant tangent `[..., d]`."""
        if not self._has_angles:
            return tangent
        angles = self._as(self._angles, x)
        angle, turn = tf.matmul(x, angles), tf.matmul(tangent, angles)
        others = [tf.matmul(tangent, self._as(self._others, x))] if self._has_others else []
        return tf.concat([*others, turn * tf.cos(angle), -turn * tf.sin(angle)], -1)

    def jacobian(self, x: tf.Tensor) -> tf.Tensor:
        """Returns dz/dx `[..., d, d + k]` at arguments `[..., d]`, in plain operations."""
        others = tf.zeros_like(x)[..., tf.newaxis] + self._as(self._others, x)
        if not self._has_angles:
            return others
        angles = self._as(self._angles, x)
        angle = tf.matmul(x, angles)[..., tf.newaxis, :]
        parts = [others] if self._has_others else []
        return tf.concat([*parts, angles * tf.cos(angle), -angles * tf.sin(angle)], -1)

    @staticmethod
    def _as(array: np.ndarray, x: tf.Tensor) -> tf.Tensor:
        return tf.constant(array, x.dtype)
