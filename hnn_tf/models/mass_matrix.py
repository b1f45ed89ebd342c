"""The base class of mass matrices."""

import abc
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.models.parameter_inputs import ParameterInputs
from hnn_tf.models.vector_layer import VectorLayer
from hnn_tf.motion_parameters import check_parameters


class MassMatrix(VectorLayer, abc.ABC):
    """The base class of layers from positions `[..., n]` to symmetric mass matrices M(q) `[..., n, n]`.

    A subclass computes the elements, which are the numbers that determine M, and from them M, M^-1 b and the gradient
    of v^T M v. All public methods compute the elements once. Those that are called with positions also take parameters
    theta `[..., k]` or `[k]`, if the layer declares their number by `num_parameters`. The elements are then functions
    of x = (q, z(theta)), of which only q moves.

    Attributes:
      constant: Whether M does not depend on q.
      has_closed_form: Whether M is linear in all of its learned numbers, so that linear solves can find these numbers.
    """

    constant: bool = False
    has_closed_form: bool = False
    _parameters = ParameterInputs(0, None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Prepares the layer for positions `[..., n]`."""
        self._dof = self._known_width(input_shape)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: self._dof})

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters."""
        return self._parameters.count

    @abc.abstractmethod
    def elements(self, position: tf.Tensor) -> tf.Tensor:
        """Returns the elements `[B, e]` at x `[B, n + k]`, which without parameters are the positions `[B, n]`.

        B may be several axes.
        """

    @abc.abstractmethod
    def _matrix(self, elements: tf.Tensor) -> tf.Tensor:
        """Returns M `[B, n, n]` for elements `[B, e]`."""

    @abc.abstractmethod
    def _solved(self, elements: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns M^-1 b `[B, n]` for elements `[B, e]` and vectors b `[B, n]`."""

    @abc.abstractmethod
    def _norm_gradient(self, x: tf.Tensor, elements: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[B, n + k]` of v^T M(x) v by x `[B, n + k]`, for constant v `[B, n]`."""

    @abc.abstractmethod
    def _rate(self, elements: tf.Tensor, change: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns dM/dt v `[B, n]` for elements and their time derivatives, `[B, e]` each, and vectors v `[B, n]`."""

    def elements_pushed_forward(self, x: tf.Tensor, tangent: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the elements and their derivatives along a constant tangent `[B, n + k]` of x, `[B, e]` each.

        By default, TensorFlow differentiates `elements`. A subclass that is to be exported writes the derivatives in
        plain operations, because an accumulator leaves fused gradient kernels in exported graphs.
        """
        with tf.autodiff.ForwardAccumulator(x, tangent) as along:
            elements = self.elements(x)
        return elements, along.jvp(elements, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def call(self, position: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns M `[..., n, n]` at positions `[..., n]`."""
        position = self._prepared(position)
        if position.shape.rank == 1:  # a matrix product needs two axes
            return self.call(position[tf.newaxis], parameters)[0]
        return self._matrix(self.elements(self._joined(position, parameters)))

    def solve(self, position: tf.Tensor, vector: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns M(q)^-1 b `[..., n]` for positions and vectors b, `[..., n]` each."""
        position, vector = self._both(position, vector)
        if position.shape.rank == 1:
            return self.solve(position[tf.newaxis], vector[tf.newaxis], parameters)[0]
        return self._solved(self.elements(self._joined(position, parameters)), vector)

    def squared_norm_gradient(
        self, position: tf.Tensor, vector: tf.Tensor, parameters: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Returns the gradient `[..., n]` of v^T M(q) v by the position, for a constant v `[..., n]`."""
        position, vector = self._both(position, vector)
        if position.shape.rank == 1:
            return self.squared_norm_gradient(position[tf.newaxis], vector[tf.newaxis], parameters)[0]
        x = self._joined(position, parameters)
        return self._by_position(x, self.elements(x), vector)

    def solve_with_gradient(
        self, position: tf.Tensor, vector: tf.Tensor, parameters: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns v = M(q)^-1 b and the gradient of v^T M(q) v by q for this constant v, `[..., n]` each.

        The elements are computed once for both.
        """
        position, vector = self._both(position, vector)
        if position.shape.rank == 1:
            solution, gradient = self.solve_with_gradient(position[tf.newaxis], vector[tf.newaxis], parameters)
            return solution[0], gradient[0]
        x = self._joined(position, parameters)
        elements = self.elements(x)
        solution = self._solved(elements, vector)
        return solution, self._by_position(x, elements, solution)

    def coriolis_force(
        self, position: tf.Tensor, velocity: tf.Tensor, parameters: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Returns dM/dt v - d(v^T M v / 2)/dq `[..., n]`, where q changes with the velocity v; `[..., n]` each."""
        position, velocity = self._both(position, velocity)
        if position.shape.rank == 1:
            return self.coriolis_force(position[tf.newaxis], velocity[tf.newaxis], parameters)[0]
        return self._moving(self._joined(position, parameters), velocity)[1]

    def acceleration(
        self, position: tf.Tensor, velocity: tf.Tensor, force: tf.Tensor, parameters: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Returns M(q)^-1 (F - C) `[..., n]`, where C is the Coriolis force; q, v and F are `[..., n]` each.

        The elements are computed once for both.
        """
        position, velocity = self._both(position, velocity)
        _, force = self._both(position, force)
        if position.shape.rank == 1:
            return self.acceleration(position[tf.newaxis], velocity[tf.newaxis], force[tf.newaxis], parameters)[0]
        elements, coriolis = self._moving(self._joined(position, parameters), velocity)
        return self._solved(elements, force - coriolis)

    def _moving(self, x: tf.Tensor, velocity: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the elements `[B, e]`, and the Coriolis force `[B, n]`."""
        if self.constant:
            return self.elements(x), tf.zeros_like(velocity)
        # The parameters are constant along a motion.
        tangent = tf.concat([velocity, tf.zeros_like(x[..., self._dof :])], -1) if self.num_parameters else velocity
        elements, change = self.elements_pushed_forward(x, tangent)
        rate = self._rate(elements, change, velocity)
        return elements, rate - 0.5 * self._by_position(x, elements, velocity)

    def _joined(self, position: tf.Tensor, parameters: tf.Tensor | None) -> tf.Tensor:
        """Returns x `[B, n + k]` for positions `[B, n]` and parameters `[..., k]`, or the positions without any."""
        check_parameters(self, parameters, position)
        return self._parameters.joined(position, parameters)

    def _by_position(self, x: tf.Tensor, elements: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[B, n]` of v^T M(x) v by the position alone."""
        gradient = self._norm_gradient(x, elements, vector)
        return gradient[..., : self._dof] if self.num_parameters else gradient

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


def product(matrix: tf.Tensor, vector: tf.Tensor, *, transposed: bool = False) -> tf.Tensor:
    """Returns A v, or A^T v, `[..., n]` for A `[..., n, n]` and v `[..., n]`."""
    if transposed:
        return tf.reduce_sum(matrix * vector[..., :, tf.newaxis], -2)
    return tf.reduce_sum(matrix * vector[..., tf.newaxis, :], -1)
