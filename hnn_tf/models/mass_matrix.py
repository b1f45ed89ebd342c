"""The base class of mass matrices that are positive definite for all weights."""

import abc
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.models.vector_layer import VectorLayer
from hnn_tf.numerics.triangular import back_substitution, forward_substitution


class MassMatrix(VectorLayer, abc.ABC):
    """The base class of layers from positions `[..., n]` to mass matrices M(q) `[..., n, n]`.

    M = L L^T, where L is lower triangular with a positive diagonal. M is therefore symmetric and positive definite for
    all weights. A subclass computes the numbers of L: first the logarithms of its n diagonal elements, and then, unless
    M is diagonal, the elements below the diagonal, row by row.

    Attributes:
      constant: Whether M does not depend on q.
      diagonal: Whether M is diagonal.
      num_elements: The number of numbers of L.
    """

    constant: bool = False

    def __init__(self, *, diagonal: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.diagonal = diagonal
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Prepares the layer for positions `[..., n]`."""
        n = self._known_width(input_shape)
        below = [] if self.diagonal else [(i, j) for i in range(n) for j in range(i)]
        # Products with these matrices put each number at its place in the flattened L.
        self._diagonal_places, self._lower_places = np.zeros([n, n * n]), np.zeros([len(below), n * n])
        self._diagonal_places[range(n), [i * n + i for i in range(n)]] = 1.0
        self._lower_places[range(len(below)), [i * n + j for i, j in below]] = 1.0
        self._dof, self.num_elements = n, n + len(below)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: n})

    @abc.abstractmethod
    def elements(self, position: tf.Tensor) -> tf.Tensor:
        """Returns the numbers of L `[B, num_elements]` at positions `[B, n]`; B may be several axes."""

    @abc.abstractmethod
    def elements_pulled_back(self, position: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[B, n]` of u . elements by the position, for constant u `[B, num_elements]`."""

    def elements_pushed_forward(self, position: tf.Tensor, tangent: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the elements and their derivatives along a constant tangent `[B, n]`, `[B, num_elements]` each.

        By default, TensorFlow differentiates `elements`. A subclass that is to be exported writes the derivatives in
        plain operations, because an accumulator leaves fused gradient kernels in exported graphs.
        """
        with tf.autodiff.ForwardAccumulator(position, tangent) as along:
            elements = self.elements(position)
        return elements, along.jvp(elements, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def call(self, position: tf.Tensor) -> tf.Tensor:
        """Returns M `[..., n, n]` at positions `[..., n]`."""
        position = self._prepared(position)
        if position.shape.rank == 1:  # a matrix product needs two axes
            return self.call(position[tf.newaxis])[0]
        factor = self._factor(self.elements(position))
        return tf.reduce_sum(factor[..., :, tf.newaxis, :] * factor[..., tf.newaxis, :, :], -1)

    def solve(self, position: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns M(q)^-1 b `[..., n]` for positions and vectors b, `[..., n]` each."""
        position, vector = self._both(position, vector)
        if position.shape.rank == 1:
            return self.solve(position[tf.newaxis], vector[tf.newaxis])[0]
        return self._solved(self.elements(position), vector)

    def squared_norm_gradient(self, position: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[..., n]` of v^T M(q) v by the position, for a constant v `[..., n]`."""
        position, vector = self._both(position, vector)
        if position.shape.rank == 1:
            return self.squared_norm_gradient(position[tf.newaxis], vector[tf.newaxis])[0]
        return self._norm_gradient(position, self.elements(position), vector)

    def solve_with_gradient(self, position: tf.Tensor, vector: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns v = M(q)^-1 b and the gradient of v^T M(q) v by q for this constant v, `[..., n]` each.

        The numbers of L are computed once for both.
        """
        position, vector = self._both(position, vector)
        if position.shape.rank == 1:
            solution, gradient = self.solve_with_gradient(position[tf.newaxis], vector[tf.newaxis])
            return solution[0], gradient[0]
        elements = self.elements(position)
        solution = self._solved(elements, vector)
        return solution, self._norm_gradient(position, elements, solution)

    def coriolis_force(self, position: tf.Tensor, velocity: tf.Tensor) -> tf.Tensor:
        """Returns dM/dt v - d(v^T M v / 2)/dq `[..., n]`, where q changes with the velocity v; `[..., n]` each."""
        position, velocity = self._both(position, velocity)
        if position.shape.rank == 1:
            return self.coriolis_force(position[tf.newaxis], velocity[tf.newaxis])[0]
        return self._moving(position, velocity)[1]

    def acceleration(self, position: tf.Tensor, velocity: tf.Tensor, force: tf.Tensor) -> tf.Tensor:
        """Returns M(q)^-1 (F - C) `[..., n]`, where C is the Coriolis force; q, v and F are `[..., n]` each.

        The numbers of L are computed once for both.
        """
        position, velocity = self._both(position, velocity)
        _, force = self._both(position, force)
        if position.shape.rank == 1:
            return self.acceleration(position[tf.newaxis], velocity[tf.newaxis], force[tf.newaxis])[0]
        elements, coriolis = self._moving(position, velocity)
        return self._solved(elements, force - coriolis)

    def _moving(self, position: tf.Tensor, velocity: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the numbers of L `[B, num_elements]`, and the Coriolis force `[B, n]`."""
        if self.constant:
            return self.elements(position), tf.zeros_like(velocity)
        n, (elements, change) = self._dof, self.elements_pushed_forward(position, velocity)
        factor = self._factor(elements)
        factor_change = self._placed(tf.exp(elements[..., :n]) * change[..., :n], change)
        # dM/dt v = dL/dt L^T v + L dL^T/dt v
        rate = _product(factor_change, _product(factor, velocity, transposed=True))
        rate += _product(factor, _product(factor_change, velocity, transposed=True))
        return elements, rate - 0.5 * self._norm_gradient(position, elements, velocity)

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

    def _solved(self, elements: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        if self.diagonal or self._dof == 1:
            return vector * tf.exp(-2.0 * elements)
        factor = self._factor(elements)
        return back_substitution(factor, forward_substitution(factor, vector))

    def _norm_gradient(self, position: tf.Tensor, elements: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns the gradient of v^T M v = |L^T v|^2, whose derivative by L_ij is 2 v_i (L^T v)_j."""
        n = self._dof
        transposed_product = _product(self._factor(elements), vector, transposed=True)
        by_factor = 2.0 * vector[..., :, tf.newaxis] * transposed_product[..., tf.newaxis, :]
        flat = tf.reshape(by_factor, tf.concat([tf.shape(position)[:-1], [n * n]], 0))
        parts = [tf.matmul(flat, self._as(self._diagonal_places), transpose_b=True) * tf.exp(elements[..., :n])]
        if not self.diagonal and n > 1:
            parts.append(tf.matmul(flat, self._as(self._lower_places), transpose_b=True))
        return self.elements_pulled_back(position, tf.concat(parts, -1))

    def _both(self, position: tf.Tensor, vector: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns a position and a vector of the same width in the layer's precision."""
        position, vector = self._prepared(position), tf.cast(vector, self.compute_dtype)
        if not vector.shape[-1:].is_compatible_with([self._dof]):
            raise ValueError(
                f"{self.name}: expected velocities, momenta or forces of the positions' width {self._dof}; received "
                f"{vector.shape}"
            )
        return position, vector

    def _as(self, array: np.ndarray) -> tf.Tensor:
        return tf.constant(array, self.compute_dtype)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[..., n, n]` of M for positions `[..., n]`."""
        return (*input_shape, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {"diagonal": self.diagonal}


def _product(matrix: tf.Tensor, vector: tf.Tensor, *, transposed: bool = False) -> tf.Tensor:
    """Returns A v, or A^T v, `[..., n]` for A `[..., n, n]` and v `[..., n]`."""
    if transposed:
        return tf.reduce_sum(matrix * vector[..., :, tf.newaxis], -2)
    return tf.reduce_sum(matrix * vector[..., tf.newaxis, :], -1)
