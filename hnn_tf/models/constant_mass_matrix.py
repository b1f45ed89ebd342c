"""A mass matrix that does not depend on the position."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.models.mass_matrix import MassMatrix


@keras.saving.register_keras_serializable(package="hnn_tf")
class ConstantMassMatrix(MassMatrix):
    """A constant mass matrix M, which is known or learned.

    Args:
      values: The known M, a symmetric positive definite array `[n, n]`. By default, M is learned, and starts at the
        identity.
      diagonal: Whether the learned M is diagonal.

    Input: position `[..., n]`. Output: M `[..., n, n]`.

    Raises:
      InputError: If the values are not a symmetric positive definite matrix of the positions' width.
    """

    constant = True

    def __init__(
        self, values: Sequence[Sequence[float]] | None = None, *, diagonal: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(diagonal=diagonal, **kwargs)
        self._values = None if values is None else np.asarray(values, np.float64)
        if self._values is None:
            return
        matrix = self._values
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.isfinite(matrix).all():
            raise InputError(f"values: expected finite numbers [n, n]; received an array {matrix.shape}")
        if not np.allclose(matrix, matrix.T) or np.linalg.eigvalsh(matrix).min() <= 0:
            raise InputError("values: expected a symmetric positive definite matrix; received another")

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the numbers of L for positions `[..., n]`."""
        super().build(input_shape)
        n = self._dof
        if self._values is None:
            self._elements = self.add_weight(name="elements", shape=(self.num_elements,), initializer="zeros")
            return
        if len(self._values) != n:
            raise InputError(f"values: expected a matrix [{n}, {n}] for positions of width {n}; received "
                             f"{self._values.shape}")  # fmt: skip
        lower = np.linalg.cholesky(self._values)
        below = [lower[i, j] for i in range(n) for j in range(i)]
        self._elements = tf.constant([*np.log(np.diag(lower)), *([] if self.diagonal else below)], self.compute_dtype)

    def elements(self, position: tf.Tensor) -> tf.Tensor:
        """Returns the numbers of L `[..., num_elements]`, which are the same at all positions `[..., n]`."""
        shape = tf.concat([tf.shape(position)[:-1], [self.num_elements]], 0)
        return tf.broadcast_to(tf.convert_to_tensor(self._elements), shape)

    def elements_pulled_back(self, position: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        """Returns 0 `[..., n]`, because the numbers of L do not depend on the position."""
        del upstream
        return tf.zeros_like(position)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {"values": None if self._values is None else self._values.tolist()}
