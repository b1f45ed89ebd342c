"""Inputs whose effect on the momenta depends on the position."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.mlp import MLP, widths
from hnn_tf.models.position_inputs import PositionInputs
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike, State

_INITIAL_SCALE = 0.1
"""The factor of the perceptron. A new perceptron has outputs of order 1, so the initial B is small."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class MLPInput(keras.layers.Layer):
    """An input matrix that a perceptron computes from the position, and that acts on the momenta.

    G(q) = [[0], [B(q)]]:  dp/dt = ... + B(q) u,  B(q) = 0.1 MLP(z(q)) + B_0,  with B `[n, m]`.

    z are the positions that are not angles, and the sines and cosines of the angles. B_0 is learned, and starts at 0.

    Args:
      num_inputs: m, the number of inputs.
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.
      angles: The indices of the positions that are angles (rad). G has the period 2 pi in these positions.

    Input: state `[..., 2n]`. Output: G `[..., 2n, m]`.

    Raises:
      ValueError: If `num_inputs` is below 1, or there is no such activation.
      InputError: If an index in `angles` is not that of a position, or stands twice.

    References:
      Zhong, Dey, Chakraborty. Symplectic ODE-Net. arXiv:1909.12077.
    """

    def __init__(
        self,
        num_inputs: int,
        *,
        hidden_units: int | Sequence[int] = (64,),
        activation: ActivationLike = "tanh",
        angles: Sequence[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if num_inputs < 1:
            raise ValueError(f"num_inputs: expected the number of inputs m >= 1; received {num_inputs}")
        self.num_inputs = int(num_inputs)
        self.hidden_units, self.activation = widths(hidden_units), activation_choice.known(activation)
        self.angles = tuple(int(i) for i in angles)
        self.mlp: Any = None
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the perceptron for states `[..., 2n]`."""
        self._dof = phase_space.dof(tf.TensorSpec(input_shape))
        self._inputs = PositionInputs(self._dof, self.angles)
        if self.mlp is None:
            self.mlp = MLP(
                self._dof * self.num_inputs,
                hidden_units=self.hidden_units,
                activation=self.activation,
                dtype=self.dtype_policy,
                trainable=self.trainable,
                name="mlp",
            )
            self.mlp.build([None, self._inputs.width])
            self._bias = self.add_weight(name="bias", shape=(self._dof * self.num_inputs,), initializer="zeros")

    def gain_matrix(self, state: State) -> tf.Tensor:
        """Returns B(q) `[..., n, m]`, the part of G that acts on the momenta, at states `[..., 2n]`."""
        position, _ = phase_space.split(state)
        numbers = _INITIAL_SCALE * self.mlp(self._inputs.value(position)) + self._bias
        return tf.reshape(numbers, tf.concat([tf.shape(state)[:-1], [self._dof, self.num_inputs]], 0))

    def call(self, state: State) -> tf.Tensor:
        """Returns G `[..., 2n, m]` at states `[..., 2n]`."""
        gains = self.gain_matrix(state)
        return tf.concat([tf.zeros_like(gains), gains], -2)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[..., 2n, m]` of G for states `[..., 2n]`."""
        return (*input_shape, self.num_inputs)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "num_inputs": self.num_inputs,
            "hidden_units": self.hidden_units,
            "activation": activation_choice.serialized(self.activation),
            "angles": self.angles,
        }
