"""A scalar function of a vector that is a multilayer perceptron, such as a potential energy V(q)."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.models.mlp import MLP, REFERENCE_HIDDEN_UNITS
from hnn_tf.models.nested_lists import TakesNestedLists
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike


@keras.saving.register_keras_serializable(package="hnn_tf")
class MLPEnergy(TakesNestedLists):
    """An energy that is a multilayer perceptron of a vector, for example V(q) or T(p) of a `SeparableHamiltonian`.

    E(x) = w . a(W_2 a(W_1 x + b_1) + b_2).

    E has no output bias, because a constant energy has no effect on the motion.

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input `[..., d]`, output `[...]`.

    Raises:
      InputError: If the activation is not smooth. A smooth one is needed because the motion is the derivative of E.
    """

    def __init__(
        self,
        *,
        hidden_units: int | Sequence[int] = REFERENCE_HIDDEN_UNITS,
        activation: ActivationLike = "tanh",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
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

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the perceptron for vectors `[..., d]`."""
        if not self.mlp.built:
            self.mlp.build(input_shape)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: input_shape[-1]})

    def call(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns the energy `[...]` of vectors `[..., d]`."""
        return tf.squeeze(self.mlp(tf.cast(vector, self.compute_dtype)), -1)  # Keras casts only floating-point numbers

    def gradient(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns dE/dx `[..., d]` at vectors `[..., d]`, which `symplectic_gradient` uses instead of a tape."""
        if not self.built:
            self.build(vector.shape)
        return self.mlp.gradient(tf.cast(vector, self.compute_dtype))

    def features(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns the last hidden layer's outputs `[..., m]`, in which E is linear."""
        return self._hidden(vector)[0]

    def feature_gradients(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns the derivatives `[..., d, m]` of the features at vectors `[..., d]`."""
        return self._hidden(vector)[1]

    def _hidden(self, vector: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        if not self.built:
            self.build(vector.shape)
        return self.mlp.hidden(tf.cast(vector, self.compute_dtype))

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
        return super().get_config() | own
