"""The unstructured network that Hamiltonian models are compared with."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.learned_motion import LearnedMotion
from hnn_tf.models.mlp import MLP, REFERENCE_HIDDEN_UNITS, widths
from hnn_tf.models.state_signatures import Signatures, state_signatures
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike, State


@keras.saving.register_keras_serializable(package="hnn_tf")
class BaselineNetwork(LearnedMotion, keras.Model):
    """A perceptron that predicts the time derivative directly, with no energy and no conserved quantity.

    call(s) = MLP(s).

    Same call contract as `HamiltonianNetwork`; it has no `hamiltonian`.

    Args:
      hidden_units: Widths of the hidden layers; a number is one layer's.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input: state `[..., 2n]`. Output: time derivative `[..., 2n]`.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, section 3 ("baseline").
    """

    separable = False

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
        self.supports_masking = True  # each state by itself: a mask of times stays theirs

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the perceptron for states `[..., 2n]`: only now is its output width known."""
        if self.mlp is None:
            self.mlp = MLP(
                self._output_units(phase_space.dof(tf.TensorSpec(input_shape))),
                hidden_units=self.hidden_units,
                activation=self.activation,
                dtype=self.dtype_policy,
                trainable=self.trainable,
                name="mlp",
            )
            self.mlp.build(input_shape)
            self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: input_shape[-1]})

    def _output_units(self, dof: int) -> int:
        """Width of what the perceptron predicts."""
        return 2 * dof

    def call(self, state: State) -> tf.Tensor:
        """Time derivative `[..., 2n]` of states `[..., 2n]`."""
        return self.mlp(state)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """`[..., 2n]` -> `[..., 2n]`."""
        return tuple(input_shape)

    def serving_signatures(self, **rollout_options: Any) -> Signatures:
        """What an export offers: `state_signatures`."""
        return state_signatures(self, **rollout_options)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return super().get_config() | {
            "hidden_units": self.hidden_units,
            "activation": activation_choice.serialized(self.activation),
        }
