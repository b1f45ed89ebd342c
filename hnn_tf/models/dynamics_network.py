"""The base class of feed-forward networks with which mechanical models are compared."""

import abc
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.models.learned_motion import LearnedMotion
from hnn_tf.models.mlp import MLP, REFERENCE_HIDDEN_UNITS, widths
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike


class DynamicsNetwork(LearnedMotion, keras.Model, abc.ABC):
    """The base class of perceptrons from three vectors of a mechanical system to a fourth, without any physics.

    call(x) = MLP(x),  x = (q, v, y).

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input `[..., 3n]`, output `[..., n]`.
    """

    def __init__(
        self,
        *,
        hidden_units: int | Sequence[int] = REFERENCE_HIDDEN_UNITS,
        activation: ActivationLike = "tanh",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.hidden_units = widths(hidden_units)
        self.activation = activation_choice.known(activation)
        self.mlp: Any = None
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the perceptron for inputs `[..., 3n]`."""
        if self.mlp is not None:
            return
        width = input_shape[-1]
        if width is None or width < 3 or width % 3:
            raise ValueError(f"{self.name}: expected inputs of width 3n, concat of three; received width {width}")
        self.mlp = MLP(
            width // 3,
            hidden_units=self.hidden_units,
            activation=self.activation,
            dtype=self.dtype_policy,
            trainable=self.trainable,
            name="mlp",
        )
        self.mlp.build(input_shape)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: width})

    @abc.abstractmethod
    def computes_forces(self) -> bool:
        """Returns whether the output is a force, and not an acceleration."""

    def computes_accelerations(self) -> bool:
        """Returns whether the output is an acceleration, and not a force."""
        return not self.computes_forces()

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the outputs `[..., n]` for inputs `[..., 3n]`."""
        return self.mlp(inputs)

    def _of(self, *parts: tf.Tensor) -> tf.Tensor:
        """Returns the outputs `[..., n]` for the three vectors `[..., n]` of x."""
        return self(tf.concat([tf.cast(part, self.compute_dtype) for part in parts], -1))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[..., n]` for inputs `[..., 3n]`."""
        width = input_shape[-1]
        return (*input_shape[:-1], None if width is None else width // 3)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "hidden_units": self.hidden_units,
            "activation": activation_choice.serialized(self.activation),
        }
