"""A mass matrix that does not depend on the position."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.models.cholesky_mass_matrix import CholeskyMassMatrix


@keras.saving.register_keras_serializable(package="hnn_tf")
class ConstantMassMatrix(CholeskyMassMatrix):
    """A constant mass matrix M, which is known or learned.

    Args:
      values: The known M, a symmetric positive definite array `[n, n]`. By default, M is learned, and starts at the
        identity.
      diagonal: Whether the learned M is diagonal.

    Attributes:
      constant: True.

    Input: position `[..., n]`. Output: M `[..., n, n]`.

    Raises:
      InputError: If the values are not a symmetric positive definite matrix of the positions' width, or `diagonal` is
        given with known values.
    """

    constant = True

    def __init__(
        self, values: Sequence[Sequence[float]] | None = None, *, diagonal: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(diagonal=diagonal, **kwargs)
        self._values = None if values is None else np.asarray(values, np.float64)
        if self._values is not None:
            _check(self._values)
            if diagonal:
                raise InputError("diagonal: expected a learned matrix; received known values; leave diagonal out")

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the numbers of L for positions `[..., n]`."""
        super().build(input_shape)
        n = self._dof
        if self._values is None:
            self._learned = self.add_weight(name="elements", shape=(self.num_elements,), initializer="zeros")
            return
        if len(self._values) != n:
            raise InputError(
                f"values: expected a matrix [{n}, {n}] for positions of width {n}; received {self._values.shape}"
            )
        lower = np.linalg.cholesky(self._values)
        below = [lower[i, j] for i in range(n) for j in range(i)]
        self._known = np.array([*np.log(np.diag(lower)), *below])

    def elements(self, x: tf.Tensor) -> tf.Tensor:
        """Returns the numbers of L `[B, num_elements]`, which are the same at all positions `[B, n]`."""
        shape = tf.concat([tf.shape(x)[:-1], [self.num_elements]], 0)
        values = self._learned if self._values is None else self._as(self._known)
        return tf.broadcast_to(tf.convert_to_tensor(values), shape)

    def elements_pulled_back(self, x: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        """Returns 0 `[B, n]`, because the numbers of L do not depend on the position."""
        del upstream
        return tf.zeros_like(x)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {"values": None if self._values is None else self._values.tolist()}


def _check(matrix: np.ndarray) -> None:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.isfinite(matrix).all():
        raise InputError(f"values: expected finite numbers [n, n]; received an array {matrix.shape}")
    asymmetry = np.abs(matrix - matrix.T).max()
    if asymmetry > 1e-9 * np.abs(matrix).max():
        raise InputError(f"values: expected a symmetric matrix; received one that differs from its transpose by "
                         f"{asymmetry:g}")  # fmt: skip
    least = np.linalg.eigvalsh(matrix)[0]
    if least <= 0:
        raise InputError(f"values: expected a positive definite matrix; received one with the eigenvalue {least:g}")
