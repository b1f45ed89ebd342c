"""The base class of mass matrices that are positive definite for all weights."""

import abc
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.models.mass_matrix import MassMatrix, product
from hnn_tf.numerics.triangular import back_substitution, forward_substitution


class CholeskyMassMatrix(MassMatrix, abc.ABC):
    """The base class of mass matrices that are given by their Cholesky factor.

    M = L L^T, where L is lower triangular with a positive diagonal. M is therefore symmetric and positive definite for
    all weights. A subclass computes the numbers of L as the elements: first the logarithms of its n diagonal elements,
    and then, unless M is diagonal, the elements below the diagonal, row by row.

    Attributes:
      diagonal: Whether M is diagonal.
      num_elements: The number of numbers of L.
    """

    def __init__(self, *, diagonal: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.diagonal = diagonal

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Prepares the layer for positions `[..., n]`."""
        super().build(input_shape)
        n = self._dof
        below = [] if self.diagonal else [(i, j) for i in range(n) for j in range(i)]
        # Products with these matrices put each number at its place in the flattened L.
        self._diagonal_places, self._lower_places = np.zeros([n, n * n]), np.zeros([len(below), n * n])
        self._diagonal_places[range(n), [i * n + i for i in range(n)]] = 1.0
        self._lower_places[range(len(below)), [i * n + j for i, j in below]] = 1.0
        self.num_elements = n + len(below)

    @abc.abstractmethod
    def elements_pulled_back(self, x: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[B, n + k]` of u . elements by x, for constant u `[B, num_elements]`."""

    def _matrix(self, elements: tf.Tensor) -> tf.Tensor:
        factor = self._factor(elements)
        return tf.reduce_sum(factor[..., :, tf.newaxis, :] * factor[..., tf.newaxis, :, :], -1)

    def _factor(self, elements: tf.Tensor) -> tf.Tensor:
        """Returns L `[..., n, n]`."""
        return self._placed(tf.exp(elements[..., : self._dof]), elements)

    def _placed(self, diagonal: tf.Tensor, elements: tf.Tensor) -> tf.Tensor:
        """Returns the triangular matrix `[..., n, n]` of a diagonal `[..., n]` and of the elements below it."""
        n = self._dof
        flat = tf.matmul(diagonal, self._as(self._diagonal_places))
        if not self.diagonal and n > 1:
            flat += tf.matmul(elements[..., n:], self._as(self._lower_places))
        return tf.reshape(flat, tf.concat([tf.shape(elements)[:-1], [n, n]], 0))

    def _rate(self, elements: tf.Tensor, change: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns dM/dt v = dL/dt L^T v + L dL^T/dt v."""
        factor = self._factor(elements)
        factor_change = self._placed(tf.exp(elements[..., : self._dof]) * change[..., : self._dof], change)
        rate = product(factor_change, product(factor, vector, transposed=True))
        return rate + product(factor, product(factor_change, vector, transposed=True))

    def _solved(self, elements: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        if self.diagonal or self._dof == 1:
            return vector * tf.exp(-2.0 * elements)
        factor = self._factor(elements)
        return back_substitution(factor, forward_substitution(factor, vector))

    def _norm_gradient(self, x: tf.Tensor, elements: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns the gradient of v^T M v = |L^T v|^2, whose derivative by L_ij is 2 v_i (L^T v)_j."""
        n = self._dof
        transposed_product = product(self._factor(elements), vector, transposed=True)
        by_factor = 2.0 * vector[..., :, tf.newaxis] * transposed_product[..., tf.newaxis, :]
        flat = tf.reshape(by_factor, tf.concat([tf.shape(x)[:-1], [n * n]], 0))
        parts = [tf.matmul(flat, self._as(self._diagonal_places), transpose_b=True) * tf.exp(elements[..., :n])]
        if not self.diagonal and n > 1:
            parts.append(tf.matmul(flat, self._as(self._lower_places), transpose_b=True))
        return self.elements_pulled_back(x, tf.concat(parts, -1))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {"diagonal": self.diagonal}
