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
"""Of L, so that a new network hardly damps: its outputs start with order 1, R with order 0.01."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class MLPDissipation(keras.layers.Layer):
    """A dissipation matrix that a perceptron gives, at each state another; it acts on the momenta.

    R(s) = [[0, 0], [0, L(s) L(s)^T]],  L(s) = 0.1 MLP(s) `[n, n]`:  dp/dt = -dH/dq - L L^T dH/dp.

    L L^T is symmetric and positive semidefinite, whatever the weights. On the momenta only: friction is a force, and
    dq/dt = dH/dp stays what velocity means; a damped q would be friction without motion.

    Args:
      hidden_units: Widths of the hidden layers; a number is one layer's.
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
        """Builds the perceptron for states `[..., 2n]`: only now is its output width known."""
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
        """Dissipation matrix R `[..., 2n, 2n]` at states `[..., 2n]`."""
        n = self._dof
        factor = tf.reshape(_INITIAL_SCALE * self.mlp(state), tf.concat([tf.shape(state)[:-1], [n, n]], 0))
        # A sum of products rather than a batched matrix product: the matrices are tiny.
        damping = tf.reduce_sum(factor[..., :, tf.newaxis, :] * factor[..., tf.newaxis, :, :], -1)
        rows = tf.concat([tf.zeros_like(damping), damping], -1)
        return tf.concat([tf.zeros_like(rows), rows], -2)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """`[..., 2n]` -> `[..., 2n, 2n]`."""
        return (*input_shape, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return super().get_config() | {
            "hidden_units": self.hidden_units,
            "activation": activation_choice.serialized(self.activation),
        }
