"""The residual perceptron of the paper's autoencoder."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike


@keras.saving.register_keras_serializable(package="hnn_tf")
class ResidualMLP(keras.layers.Layer):
    """A multilayer perceptron in which every hidden layer after the first adds its output to its input.

    h_1 = a(W_1 x + b_1),  h_i = h_{i-1} + a(W_i h_{i-1} + b_i),  y = W_L h_{L-1} + b_L.

    As in the reference code, initial kernels are orthogonal, and initial biases are uniform in +-1/sqrt(fan_in).

    Args:
      output_units: The width of y.
      hidden_units: The width of every hidden layer.
      hidden_layers: The number of hidden layers, >= 1.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input `[..., d]`, output `[..., output_units]`.

    Raises:
      ValueError: If a number is below 1, or there is no such activation.

    References:
      Greydanus, Dzamba, Yosinski. arXiv:1906.01563, section 5 and its code (MLPAutoencoder).
    """

    def __init__(
        self,
        output_units: int,
        *,
        hidden_units: int = 200,
        hidden_layers: int = 3,
        activation: ActivationLike = "relu",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if min(output_units, hidden_units, hidden_layers) < 1:
            raise ValueError(
                f"ResidualMLP: expected numbers >= 1; received {output_units}, {hidden_units}, {hidden_layers}"
            )
        self.output_units, self.hidden_units, self.hidden_layers = output_units, hidden_units, hidden_layers
        self.activation = activation_choice.known(activation)
        self._activation = activation_choice.get(activation)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for inputs of width `input_shape[-1]`."""
        width = input_shape[-1]
        if width is None:
            raise ValueError(f"ResidualMLP: expected inputs of known width; received shape {tuple(input_shape)}")
        widths = [width, *[self.hidden_units] * self.hidden_layers, self.output_units]
        self._kernels, self._biases = [], []
        for i, (fan_in, fan_out) in enumerate(zip(widths[:-1], widths[1:], strict=True)):
            kernel = self.add_weight(name=f"kernel_{i}", shape=(fan_in, fan_out), initializer="orthogonal")
            uniform = keras.initializers.RandomUniform(-(fan_in**-0.5), fan_in**-0.5)
            self._kernels.append(kernel)
            self._biases.append(self.add_weight(name=f"bias_{i}", shape=(fan_out,), initializer=uniform))

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the output `[..., output_units]` for inputs `[..., d]`."""
        affine = [lambda x, k=k, b=b: tf.matmul(x, k) + b for k, b in zip(self._kernels, self._biases, strict=True)]
        first, *hidden, last = affine
        h = self._activation.value(first(inputs))
        for layer in hidden:
            h = h + self._activation.value(layer(h))
        return last(h)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[..., output_units]` for inputs `[..., d]`."""
        return (*input_shape[:-1], self.output_units)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "output_units": self.output_units,
            "hidden_units": self.hidden_units,
            "hidden_layers": self.hidden_layers,
            "activation": activation_choice.serialized(self.activation),
        }
