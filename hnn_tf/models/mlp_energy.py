"""A scalar function of a vector that is a multilayer perceptron, such as a potential energy V(q)."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.models.mlp import MLP, REFERENCE_HIDDEN_UNITS
from hnn_tf.models.nested_lists import TakesNestedLists
from hnn_tf.models.parameter_inputs import ParameterInputs
from hnn_tf.motion_parameters import check_parameters
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike


@keras.saving.register_keras_serializable(package="hnn_tf")
class MLPEnergy(TakesNestedLists):
    """An energy that is a multilayer perceptron of a vector, for example V(q) or T(p) of a `SeparableHamiltonian`.

    E(x) = w . a(W_2 a(W_1 x + b_1) + b_2).

    E has no output bias, because a constant energy has no effect on the motion. With parameters theta, the perceptron
    is a function of (x, z(theta)), where z scales each range of a parameter to [-1, 1].

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.
      num_parameters: k, the number of parameters theta of a call `energy(x, parameters=theta)`; by default, there are
        none.
      parameter_ranges: The smallest and the largest value of each parameter, `[k, 2]`. By default, z = theta.

    Input: vectors `[..., d]` and, with parameters, `parameters` `[..., k]` or `[k]`. Output `[...]`.

    Raises:
      InputError: If the activation is not smooth. A smooth one is needed because the motion is the derivative of E.
        Also if the ranges do not fit `num_parameters`, or, in a call, if parameters are missing, have another width, or
        are given to an energy without parameters.
    """

    def __init__(
        self,
        *,
        hidden_units: int | Sequence[int] = REFERENCE_HIDDEN_UNITS,
        activation: ActivationLike = "tanh",
        num_parameters: int = 0,
        parameter_ranges: Sequence[Sequence[float]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._parameters = ParameterInputs(num_parameters, parameter_ranges)
        activation_choice.get_smooth(activation)
        self.supports_masking = True
        self.mlp = MLP(
            1,
            hidden_units=hidden_units,
            activation=activation,
            dtype=self.dtype_policy,
            trainable=self.trainable,
            name="mlp",
        )

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters."""
        return self._parameters.count

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the perceptron for vectors `[..., d]`."""
        width = input_shape[-1]
        if not self.mlp.built:
            self.mlp.build([*input_shape[:-1], None if width is None else width + self.num_parameters])
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: input_shape[-1]})

    def call(self, vector: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the energy `[...]` of vectors `[..., d]` and, if the layer has some, of parameters `[..., k]`."""
        return tf.squeeze(self.mlp(self._joined(vector, parameters)), -1)

    def gradient(self, vector: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns dE/dx `[..., d]` at vectors `[..., d]`, which `symplectic_gradient` uses instead of a tape."""
        if not self.built:
            self.build(vector.shape)
        gradient = self.mlp.gradient(self._joined(vector, parameters))
        return gradient if parameters is None else gradient[..., : vector.shape[-1]]

    def features(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns the last hidden layer's outputs `[..., m]`, in which E is linear."""
        return self._hidden(vector)[0]

    def feature_gradients(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns the derivatives `[..., d, m]` of the features at vectors `[..., d]`."""
        return self._hidden(vector)[1]

    def _hidden(self, vector: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        if not self.built:
            self.build(vector.shape)
        return self.mlp.hidden(self._joined(vector, None))

    def _joined(self, vector: tf.Tensor, parameters: tf.Tensor | None) -> tf.Tensor:
        """Returns the inputs of the perceptron."""
        check_parameters(self, parameters, vector)
        # Keras casts only floating-point numbers.
        return self._parameters.joined(tf.cast(vector, self.compute_dtype), parameters)

    @property
    def coefficients(self) -> tf.Tensor:
        """The last kernel w `[m]`."""
        return tf.squeeze(self.mlp.output_kernel, 1)

    def assign_coefficients(self, values: np.ndarray) -> None:
        """Replaces the last kernel by values `[m]`."""
        self.mlp.output_kernel.assign(np.asarray(values)[:, np.newaxis])

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[...]` of the energy for vectors `[..., d]`."""
        return tuple(input_shape[:-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        own = {"hidden_units": self.mlp.hidden_units, "activation": activation_choice.serialized(self.mlp.activation)}
        return super().get_config() | own | self._parameters.config()
