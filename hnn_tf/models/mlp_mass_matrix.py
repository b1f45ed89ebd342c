"""A mass matrix that a perceptron computes from the position."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.models.cholesky_mass_matrix import CholeskyMassMatrix
from hnn_tf.models.mlp import MLP, REFERENCE_HIDDEN_UNITS, widths
from hnn_tf.models.parameter_inputs import ParameterInputs
from hnn_tf.models.position_inputs import PositionInputs
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike

_INITIAL_SCALE = 0.1
"""The factor of y. A new perceptron has outputs of order 1, so the initial M is near the identity."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class MLPMassMatrix(CholeskyMassMatrix):
    """A mass matrix whose Cholesky factor is a multilayer perceptron of the position.

    M(q) = L(q) L(q)^T,  L(q) = lower triangular, with exp(y_1), ..., exp(y_n) on its diagonal.
    y = 0.1 MLP(z(q)) + b.

    z are the positions that are not angles, and the sines and cosines of the angles. The bias b is learned, and starts
    at 0, so that the initial M is near the identity. With parameters theta, the perceptron is a function of (z(q),
    z(theta)), where z scales each range of a parameter to [-1, 1]. M is positive definite for all theta.

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.
      angles: The indices of the positions that are angles (rad). M has the period 2 pi in these positions.
      diagonal: Whether M is diagonal.
      num_parameters: k, the number of parameters theta of a call `mass_matrix(position, parameters=theta)`; by default,
        there are none.
      parameter_ranges: The smallest and the largest value of each parameter, `[k, 2]`. By default, z = theta.

    Input: position `[..., n]` and, with parameters, `parameters` `[..., k]` or `[k]`. Output: M `[..., n, n]`.

    Raises:
      InputError: If the activation is not smooth, or an index in `angles` is not that of a position, or stands twice.
        Also if the parameters do not fit, as in `MLPEnergy`.

    References:
      Lutter, Ritter, Peters. Deep Lagrangian Networks. arXiv:1907.04490.
    """

    def __init__(
        self,
        *,
        hidden_units: int | Sequence[int] = REFERENCE_HIDDEN_UNITS,
        activation: ActivationLike = "tanh",
        angles: Sequence[int] = (),
        diagonal: bool = False,
        num_parameters: int = 0,
        parameter_ranges: Sequence[Sequence[float]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(diagonal=diagonal, **kwargs)
        self._parameters = ParameterInputs(num_parameters, parameter_ranges)
        activation_choice.get_smooth(activation)
        self.hidden_units, self.activation = widths(hidden_units), activation_choice.known(activation)
        self.angles = tuple(int(i) for i in angles)
        self.mlp: Any = None

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the perceptron for positions `[..., n]`."""
        super().build(input_shape)
        self._inputs = PositionInputs(self._dof, self.angles, num_parameters=self.num_parameters)
        if self.mlp is None:
            self.mlp = MLP(
                self.num_elements,
                hidden_units=self.hidden_units,
                activation=self.activation,
                dtype=self.dtype_policy,
                trainable=self.trainable,
                name="mlp",
            )
            self.mlp.build([None, self._inputs.width])
            self._bias = self.add_weight(name="bias", shape=(self.num_elements,), initializer="zeros")

    def elements(self, x: tf.Tensor) -> tf.Tensor:
        """Returns the numbers of L `[B, num_elements]` at x `[B, n + k]`."""
        return _INITIAL_SCALE * self.mlp(self._inputs.value(x)) + self._bias

    def elements_pulled_back(self, x: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[B, n + k]` of u . elements by x, for constant u `[B, num_elements]`."""
        by_inputs = self.mlp.gradient(self._inputs.value(x), _INITIAL_SCALE * upstream)
        return self._inputs.pulled_back(x, by_inputs)

    def elements_pushed_forward(self, x: tf.Tensor, tangent: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the elements and their derivatives along a tangent `[B, n + k]` of x, `[B, num_elements]` each."""
        inputs, along = self._inputs.value(x), self._inputs.pushed_forward(x, tangent)
        value, change = self.mlp.pushed_forward(inputs, along)
        return _INITIAL_SCALE * value + self._bias, _INITIAL_SCALE * change

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        own = {
            "hidden_units": self.hidden_units,
            "activation": activation_choice.serialized(self.activation),
            "angles": self.angles,
        }
        return super().get_config() | own | self._parameters.config()
