"""Dissipation that depends on the state."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.mlp import MLP, widths
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike, State

_INITIAL_SCALE = 0.1
"""The factor of L. A new perceptron has outputs of order 1, so the initial R is of order 0.01, and the damping weak."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class MLPDissipation(keras.layers.Layer):
    """A dissipation matrix that a perceptron computes from the state, and that acts on the momenta.

    R(s) = [[0, 0], [0, L(s) L(s)^T]],  L(s) = 0.1 MLP(s) `[n, n]`:  dp/dt = -dH/dq - L L^T dH/dp.

    L L^T is symmetric and positive semidefinite for all weights. R acts only on the momenta, because friction is a
    force. The velocity is still dq/dt = dH/dp. A damping of q would also act at rest, where a system has no friction.

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input `[..., 2n]`, output R `[..., 2n, 2n]`.

    References:
      van der Schaft, Jeltsema. Port-Hamiltonian Systems Theory: An Introductory Overview. 2014, section 6.
    """

    def __init__(
        self, *, hidden_units: int | Sequence[int] = (32,), activation: ActivationLike = "tanh", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.hidden_units = widths(hidden_units)
        self.activation = activation_choice.known(activation)
        self.mlp: Any = None
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the perceptron for states `[..., 2n]`, whose width determines the output width."""
        self._dof = phase_space.dof(tf.TensorSpec(input_shape))
        if self.mlp is None:
            self.mlp = MLP(
                self._dof**2,
                hidden_units=self.hidden_units,
                activation=self.activation,
                dtype=self.dtype_policy,
                trainable=self.trainable,
                name="mlp",
            )
            self.mlp.build(input_shape)

    def call(self, state: State) -> tf.Tensor:
        """Returns the dissipation matrix R `[..., 2n, 2n]` at states `[..., 2n]`."""
        damping = self.damping(state)
        rows = tf.concat([tf.zeros_like(damping), damping], -1)
        return tf.concat([tf.zeros_like(rows), rows], -2)

    def damping(self, state: State) -> tf.Tensor:
        """Returns D = L L^T `[..., n, n]`, the part of R that acts on the momenta, at states `[..., 2n]`."""
        n = self._dof
        factor = tf.reshape(_INITIAL_SCALE * self.mlp(state), tf.concat([tf.shape(state)[:-1], [n, n]], 0))
        # A sum of products is used instead of a batched matrix product, because the matrices are tiny.
        return tf.reduce_sum(factor[..., :, tf.newaxis, :] * factor[..., tf.newaxis, :, :], -1)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[..., 2n, 2n]` of R for states `[..., 2n]`."""
        return (*input_shape, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "hidden_units": self.hidden_units,
            "activation": activation_choice.serialized(self.activation),
        }
