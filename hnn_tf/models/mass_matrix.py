"""The base class of mass matrices that are positive definite for all weights."""

import abc
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.models.nested_lists import TakesNestedLists
from hnn_tf.numerics.triangular import back_substitution, forward_substitution


class MassMatrix(TakesNestedLists, abc.ABC):
    """The base class of layers from positions `[..., n]` to mass matrices M(q) `[..., n, n]`.

    M = L L^T, where L is lower triangular with a positive diagonal. M is therefore symmetric and positive definite for
    all weights. A subclass computes the numbers of L: first the logarithms of its n diagonal elements, and then, unless
    M is diagonal, the elements below the diagonal, row by row.

    Attributes:
      constant: Whether M does not depend on q.
      diagonal: Whether M is diagonal.
    """

    constant: bool = False

    def __init__(self, *, diagonal: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.diagonal = diagonal
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Prepares the layer for positions `[..., n]`."""
        n = input_shape[-1]
        if n is None:
            raise ValueError(f"{self.name}: expected positions of known width; received shape {tuple(input_shape)}")
        below = [] if self.diagonal else [(i, j) for i in range(n) for j in range(i)]
        # A product with these matrices puts each number at its place in the flattened L.
        self._on, self._below = np.zeros([n, n * n]), np.zeros([len(below), n * n])
        self._on[range(n), [i * n + i for i in range(n)]] = 1.0
        self._below[range(len(below)), [i * n + j for i, j in below]] = 1.0
        self._dof, self.num_elements = n, n + len(below)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: n})

    @abc.abstractmethod
    def elements(self, position: tf.Tensor) -> tf.Tensor:
        """Returns the numbers of L `[..., num_elements]` at positions `[..., n]`."""

    @abc.abstractmethod
    def elements_pulled_back(self, position: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[..., n]` of u . elements by the position, for constant u `[..., num_elements]`."""

    def factor(self, position: tf.Tensor) -> tf.Tensor:
        """Returns L `[..., n, n]` at positions `[..., n]`."""
        position, n = self._prepared(position), self._dof
        if position.shape.rank == 1:  # a matrix product needs two axes
            return self.factor(position[tf.newaxis])[0]
        elements = self.elements(position)
        flat = tf.matmul(tf.exp(elements[..., :n]), self._as(self._on))
        if len(self._below):
            flat += tf.matmul(elements[..., n:], self._as(self._below))
        return tf.reshape(flat, tf.concat([tf.shape(elements)[:-1], [n, n]], 0))

    def call(self, position: tf.Tensor) -> tf.Tensor:
        """Returns M `[..., n, n]` at positions `[..., n]`."""
        factor = self.factor(position)
        return tf.reduce_sum(factor[..., :, tf.newaxis, :] * factor[..., tf.newaxis, :, :], -1)

    def solve(self, position: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns M(q)^-1 b `[..., n]` for positions and vectors b, `[..., n]` each."""
        factor = self.factor(position)
        return back_substitution(factor, forward_substitution(factor, vector))

    def squared_norm_gradient(self, position: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[..., n]` of v^T M(q) v by the position, for a constant v `[..., n]`.

        v^T M v = |L^T v|^2, and its derivative by L_ij is 2 v_i (L^T v)_j.
        """
        position = self._prepared(position)
        if position.shape.rank == 1:
            return self.squared_norm_gradient(position[tf.newaxis], vector[tf.newaxis])[0]
        factor, n = self.factor(position), self._dof
        image = tf.reduce_sum(factor * vector[..., :, tf.newaxis], -2)
        outer = 2.0 * vector[..., :, tf.newaxis] * image[..., tf.newaxis, :]
        flat = tf.reshape(outer, tf.concat([tf.shape(position)[:-1], [n * n]], 0))
        on_diagonal = tf.exp(self.elements(position)[..., :n])
        parts = [tf.matmul(flat, self._as(self._on), transpose_b=True) * on_diagonal]
        if len(self._below):
            parts.append(tf.matmul(flat, self._as(self._below), transpose_b=True))
        return self.elements_pulled_back(position, tf.concat(parts, -1))

    def _prepared(self, position: tf.Tensor) -> tf.Tensor:
        position = tf.cast(position, self.compute_dtype)
        if not self.built:
            self.build(position.shape)
        if not position.shape[-1:].is_compatible_with([self._dof]):
            raise ValueError(
                f"{self.name}: expected positions of width {self._dof}, for which it was built; received "
                f"{position.shape}"
            )
        return position

    def _as(self, array: np.ndarray) -> tf.Tensor:
        return tf.constant(array, self.compute_dtype)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[..., n, n]` of M for positions `[..., n]`."""
        return (*input_shape, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {"diagonal": self.diagonal}
