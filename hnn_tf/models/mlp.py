"""Multilayer perceptrons."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.models.nested_lists import TakesNestedLists
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike

REFERENCE_HIDDEN_UNITS = (200, 200)
"""The widths of the paper's two hidden layers."""


def widths(hidden_units: int | Sequence[int]) -> tuple[int, ...]:
    """Returns the widths of the hidden layers as a tuple. A single number is the width of one hidden layer."""
    return (hidden_units,) if isinstance(hidden_units, int) else tuple(hidden_units)


@keras.saving.register_keras_serializable(package="hnn_tf")
class MLP(TakesNestedLists):
    """A multilayer perceptron without an output bias.

    y = W_L a(W_{L-1} ... a(W_1 x + b_1) ... + b_{L-1}).

    As in the reference code, initial kernels are orthogonal, and initial biases are uniform in +-1/sqrt(fan_in).

    Args:
      output_units: The width of y.
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input `[..., d]`, output `[..., output_units]`.

    Raises:
      ValueError: If a width is below 1 or unknown, or there is no such activation.
    """

    def __init__(
        self,
        output_units: int,
        *,
        hidden_units: int | Sequence[int] = REFERENCE_HIDDEN_UNITS,
        activation: ActivationLike = "tanh",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        hidden_units = widths(hidden_units)
        if min([output_units, *hidden_units]) < 1:
            raise ValueError(f"MLP: expected widths >= 1; received {output_units}, {tuple(hidden_units)}")
        self.output_units = output_units
        self.hidden_units = hidden_units
        self.activation = activation_choice.known(activation)
        self._activation = activation_choice.get(activation)
        self.supports_masking = True  # a mask of any axis but the last stays valid

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for inputs of width `input_shape[-1]`."""
        width = input_shape[-1]
        if width is None:
            raise ValueError(f"MLP: expected inputs of known width; received shape {tuple(input_shape)}")
        layer_widths = [width, *self.hidden_units, self.output_units]
        self._kernels, self._biases = [], []
        for i, (fan_in, fan_out) in enumerate(zip(layer_widths[:-1], layer_widths[1:], strict=True)):
            kernel = self.add_weight(name=f"kernel_{i}", shape=(fan_in, fan_out), initializer="orthogonal")
            self._kernels.append(kernel)
            if i < len(self.hidden_units):
                uniform = keras.initializers.RandomUniform(-(fan_in**-0.5), fan_in**-0.5)
                self._biases.append(self.add_weight(name=f"bias_{i}", shape=(fan_out,), initializer=uniform))

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the output `[..., output_units]` for inputs `[..., d]`."""
        if inputs.shape.rank == 1:  # a matrix product needs two axes
            return self.call(inputs[tf.newaxis])[0]
        self._check_width(inputs)
        x = inputs
        # The bias is added by a plain addition. The BiasAdd of `Dense` leaves its fused gradient in exported graphs.
        for kernel, bias in zip(self._kernels, self._biases, strict=False):
            x = self._activation.value(tf.matmul(x, kernel) + bias)
        return tf.matmul(x, self._kernels[-1])

    def hidden(self, inputs: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the last hidden layer's outputs `[..., m]` and their derivatives by the inputs, `[..., d, m]`.

        One tangent for each input goes through all layers, which is cheaper than m gradients.
        """
        if inputs.shape.rank == 1:
            value, tangents = self.hidden(inputs[tf.newaxis])
            return value[0], tangents[0]
        self._check_width(inputs)
        width, x = inputs.shape[-1], inputs
        tangents = tf.zeros_like(x)[..., tf.newaxis] + tf.eye(width, dtype=x.dtype)
        for kernel, bias in zip(self._kernels, self._biases, strict=False):
            z = tf.matmul(x, kernel) + bias
            x = self._activation.value(z)
            tangents = tf.matmul(tangents, kernel) * self._activation.derivative(z, x)[..., tf.newaxis, :]
        return x, tangents

    @property
    def output_kernel(self) -> keras.Variable:
        """The last kernel `[m, output_units]`."""
        return self._kernels[-1]

    def _check_width(self, inputs: tf.Tensor) -> None:
        width = self._kernels[0].shape[0]
        if not inputs.shape[-1:].is_compatible_with([width]):
            raise ValueError(
                f"{self.name}: expected inputs of width {width}, for which it was built; received {inputs.shape}"
            )

    def gradient(self, inputs: tf.Tensor, upstream: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the gradient of u . y by the inputs, in plain operations.

        The backpropagation is written out, because a tape would leave fused gradient kernels in exported graphs.

        Args:
          inputs: `[..., d]`.
          upstream: u `[..., output_units]`, which is constant. By default, u is 1, and u . y is the sum of the outputs.

        Returns:
          The gradient `[..., d]`.
        """
        if inputs.shape.rank == 1:
            return self.gradient(inputs[tf.newaxis], None if upstream is None else upstream[tf.newaxis])[0]
        self._check_width(inputs)
        x, slopes = inputs, []
        for kernel, bias in zip(self._kernels, self._biases, strict=False):
            z = tf.matmul(x, kernel) + bias
            x = self._activation.value(z)
            slopes.append(self._activation.derivative(z, x))
        if upstream is None:
            back = tf.reduce_sum(self._kernels[-1], axis=1)
        else:
            back = tf.matmul(upstream, self._kernels[-1], transpose_b=True)
        if not slopes:  # without hidden layers, the loop below does not add the batch's shape
            return tf.broadcast_to(back, tf.shape(inputs))
        for kernel, slope in zip(reversed(self._kernels[:-1]), reversed(slopes), strict=True):
            back = tf.matmul(back * slope, kernel, transpose_b=True)
        return back

    def pushed_forward(self, inputs: tf.Tensor, tangent: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns y and its derivative along a tangent, in plain operations.

        Args:
          inputs: `[B, d]`; B may be several axes.
          tangent: u `[B, d]`, which is constant.

        Returns:
          y and sum_i u_i dy/dx_i, `[B, output_units]` each.
        """
        self._check_width(inputs)
        x = inputs
        for kernel, bias in zip(self._kernels, self._biases, strict=False):
            z = tf.matmul(x, kernel) + bias
            x = self._activation.value(z)
            tangent = tf.matmul(tangent, kernel) * self._activation.derivative(z, x)
        return tf.matmul(x, self._kernels[-1]), tf.matmul(tangent, self._kernels[-1])

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[..., output_units]` for inputs `[..., d]`."""
        return (*input_shape[:-1], self.output_units)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        own = {
            "output_units": self.output_units,
            "hidden_units": self.hidden_units,
            "activation": activation_choice.serialized(self.activation),
        }
        return super().get_config() | own
