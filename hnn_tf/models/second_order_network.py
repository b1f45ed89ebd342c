"""The baseline that knows mechanics' second order, and no energy."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.mlp import MLP, REFERENCE_HIDDEN_UNITS
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class SecondOrderNetwork(keras.Model):
    """A perceptron that predicts the change of the momentum only; the position's is the momentum.

    call(q, p) = (p, MLP(q, p)):  dq/dt = p,  d^2q/dt^2 = MLP(q, dq/dt).

    For momenta that are velocities (unit masses). Between `BaselineNetwork` and `HamiltonianNetwork`, it shows how much
    of the latter's gain comes from this structure alone. It has no `hamiltonian`.

    Args:
      hidden_units: Widths of the hidden layers.
      activation: Name in `hnn_tf.activations`.

    Input: state `[..., 2n]`. Output: time derivative `[..., 2n]`.

    References:
      Gruver, Finzi, Stanton, Wilson. Deconstructing the Inductive Biases of Hamiltonian Neural Networks.
      arXiv:2202.04836.
    """

    separable = False

    def __init__(
        self,
        *,
        hidden_units: Sequence[int] = REFERENCE_HIDDEN_UNITS,
        activation: str = "tanh",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.hidden_units = tuple(hidden_units)
        self.activation = activation
        self.mlp: Any = None

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the perceptron for states `[..., 2n]`: only now is its output width known."""
        if self.mlp is None:
            self.mlp = MLP(
                phase_space.dof(tf.TensorSpec(input_shape)),
                hidden_units=self.hidden_units,
                activation=self.activation,
                dtype=self.dtype_policy,
                name="mlp",
            )
            self.mlp.build(input_shape)

    def call(self, state: State) -> tf.Tensor:
        """Time derivative `[..., 2n]` of states `[..., 2n]`."""
        _, p = phase_space.split(state)
        return phase_space.join(p, self.mlp(state))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """`[..., 2n]` -> `[..., 2n]`."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return super().get_config() | {"hidden_units": self.hidden_units, "activation": self.activation}
