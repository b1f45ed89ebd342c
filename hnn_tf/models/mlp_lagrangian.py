"""A Lagrangian that is convex in the velocities, with perceptrons of the positions."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.mlp import MLP, REFERENCE_HIDDEN_UNITS, widths
from hnn_tf.models.position_inputs import PositionInputs
from hnn_tf.models.vector_layer import VectorLayer
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike, State

_INITIAL_FLOOR = 0.1
_INITIAL_WEIGHT = 5.0
"""The initial m, and the initial sum of the factors exp(a_k). With both, d^2L/dv^2 begins between about 0.1 and 3."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class MLPLagrangian(VectorLayer):
    """A Lagrangian that is convex in the velocities for all weights, with a multilayer perceptron of the positions.

    L(q, v) = m |v|^2 / 2 + sum_k exp(a_k(q)) softplus(w_k . v + b_k(q)) - V(q),  m > 0,
    (a, b, V)(q) = MLP(z(q)) + c.

    z are the positions that are not angles, and the sines and cosines of the angles. There are as many terms k as units
    in the last hidden layer. m, w and c are learned.

    The motion needs the inverse of d^2L/dv^2, which is at least m here, and therefore positive definite for all
    weights. A perceptron of (q, v) together has no such bound: where the matrix becomes singular, its accelerations
    become infinite, and trainings at high learning rates end there.

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: The activation of the perceptron, a smooth one: a name in `hnn_tf.activations` or
        `keras.activations`, or a function.
      angles: The indices of the positions that are angles (rad). L has the period 2 pi in these positions.

    Input: state (q, v) `[..., 2n]`. Output: L `[...]`.

    Raises:
      InputError: If the activation is not smooth, or an index in `angles` is not that of a position, or stands twice.

    References:
      Cranmer, Greydanus, Hoyer, Battaglia, Spergel, Ho. Lagrangian Neural Networks. arXiv:2003.04630.
      Amos, Xu, Kolter. Input Convex Neural Networks. arXiv:1609.07152, section 3.2 ("partially input convex").
    """

    def __init__(
        self,
        *,
        hidden_units: int | Sequence[int] = REFERENCE_HIDDEN_UNITS,
        activation: ActivationLike = "tanh",
        angles: Sequence[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        activation_choice.get_smooth(activation)
        self.hidden_units, self.activation = widths(hidden_units), activation_choice.known(activation)
        self.angles = tuple(int(i) for i in angles)
        self.mlp: Any = None
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for states (q, v) `[..., 2n]`."""
        self._dof = phase_space.dof(tf.TensorSpec(input_shape))
        self._inputs = PositionInputs(self._dof, self.angles)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: 2 * self._dof})
        if self.mlp is not None:
            return
        self._terms = terms = self.hidden_units[-1]
        self.mlp = MLP(
            2 * terms + 1,
            hidden_units=self.hidden_units,
            activation=self.activation,
            dtype=self.dtype_policy,
            trainable=self.trainable,
            name="mlp",
        )
        self.mlp.build([None, self._inputs.width])
        normal, constant = keras.initializers.RandomNormal(stddev=1.0), keras.initializers.Constant
        factor = constant(math.log(_INITIAL_WEIGHT / terms))
        self._kernel = self.add_weight(name="kernel", shape=(self._dof, terms), initializer=normal)
        self._factor_bias = self.add_weight(name="factor_bias", shape=(terms,), initializer=factor)
        self._bias = self.add_weight(name="bias", shape=(terms,), initializer=normal)
        self._log_floor = self.add_weight(name="log_floor", initializer=constant(math.log(_INITIAL_FLOOR)), shape=())

    def call(self, state: State) -> tf.Tensor:
        """Returns L `[...]` of states (q, v) `[..., 2n]`."""
        state = self._prepared(state)
        if state.shape.rank == 1:  # a matrix product needs two axes
            return self.call(state[tf.newaxis])[0]
        q, v = phase_space.split(state)
        outputs = self.mlp(self._inputs.value(q))
        factor, argument = self._convex_terms(outputs, v)
        floor = 0.5 * tf.exp(self._log_floor) * tf.reduce_sum(v * v, -1)
        return floor + tf.reduce_sum(factor * tf.math.softplus(argument), -1) - outputs[..., -1]

    def gradient(self, state: State) -> tf.Tensor:
        """Returns (dL/dq, dL/dv) `[..., 2n]` at states (q, v) `[..., 2n]`, in plain operations."""
        state = self._prepared(state)
        if state.shape.rank == 1:
            return self.gradient(state[tf.newaxis])[0]
        q, v = phase_space.split(state)
        factor, argument = self._convex_terms(self.mlp(self._inputs.value(q)), v)
        by_velocity = tf.exp(self._log_floor) * v + self._summed(factor * tf.sigmoid(argument))
        return phase_space.join(self._by_position(q, factor, argument), by_velocity)

    def motion_terms(self, state: State) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns dL/dq `[..., n]`, (d^2L/dv dq) v `[..., n]` and d^2L/dv^2 `[..., n, n]`, in plain operations."""
        state = self._prepared(state)
        if state.shape.rank == 1:
            by_position, rate, matrix = self.motion_terms(state[tf.newaxis])
            return by_position[0], rate[0], matrix[0]
        (q, v), n, terms = phase_space.split(state), self._dof, self._terms
        outputs, change = self.mlp.pushed_forward(self._inputs.value(q), self._inputs.pushed_forward(q, v))
        factor, argument = self._convex_terms(outputs, v)
        slope, curvature = tf.sigmoid(argument), factor * tf.sigmoid(argument) * tf.sigmoid(-argument)
        rate = self._summed(factor * slope * change[..., :terms] + curvature * change[..., terms:-1])
        products = self._kernel[:, tf.newaxis, :] * self._kernel[tf.newaxis, :, :]  # w_ik w_jk
        matrix = tf.matmul(curvature, tf.reshape(products, [n * n, terms]), transpose_b=True)
        matrix = tf.reshape(matrix, tf.concat([tf.shape(v), [n]], 0))
        floor = tf.exp(self._log_floor) * tf.constant(np.eye(n), self.compute_dtype)
        return self._by_position(q, factor, argument), rate, matrix + floor

    def _convex_terms(self, outputs: tf.Tensor, velocity: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the factors exp(a) and the arguments w . v + b of the terms, `[B, k]` each."""
        terms = self._terms
        factor = tf.exp(outputs[..., :terms] + self._factor_bias)
        return factor, tf.matmul(velocity, self._kernel) + outputs[..., terms:-1] + self._bias

    def _summed(self, numbers: tf.Tensor) -> tf.Tensor:
        """Returns sum_k w_k x_k `[B, n]` for numbers x `[B, k]` of the terms."""
        return tf.matmul(numbers, self._kernel, transpose_b=True)

    def _by_position(self, position: tf.Tensor, factor: tf.Tensor, argument: tf.Tensor) -> tf.Tensor:
        by_factor, by_argument = factor * tf.math.softplus(argument), factor * tf.sigmoid(argument)
        upstream = tf.concat([by_factor, by_argument, -tf.ones_like(factor[..., :1])], -1)
        return self._inputs.pulled_back(position, self.mlp.gradient(self._inputs.value(position), upstream))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[...]` of L for states (q, v) `[..., 2n]`."""
        return tuple(input_shape[:-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "hidden_units": self.hidden_units,
            "activation": activation_choice.serialized(self.activation),
            "angles": self.angles,
        }
