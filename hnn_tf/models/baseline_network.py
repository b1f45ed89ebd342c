"""The baseline: a network without a Hamiltonian, with which Hamiltonian models are compared."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.learned_motion import LearnedMotion
from hnn_tf.models.mlp import MLP, REFERENCE_HIDDEN_UNITS, widths
from hnn_tf.models.parameter_inputs import ParameterInputs
from hnn_tf.models.state_signatures import Signatures, state_signatures
from hnn_tf.motion_inputs import check_inputs
from hnn_tf.motion_parameters import check_parameters
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike, State


@keras.saving.register_keras_serializable(package="hnn_tf")
class BaselineNetwork(LearnedMotion, keras.Model):
    """A perceptron that predicts the time derivative directly, with no energy and no conserved quantity.

    call(s) = MLP(s).
    call(s, inputs=u) = MLP(s, u),  if the model has inputs.
    call(s, parameters=theta) = MLP(s, z(theta)),  if the model has parameters, where z scales each range to [-1, 1].

    The input and the output are those of `HamiltonianNetwork`. The model has no attribute `hamiltonian`.

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.
      num_inputs: m, the number of inputs; by default, there are no inputs.
      num_parameters: k, the number of parameters theta; by default, there are none.
      parameter_ranges: The smallest and the largest value of each parameter, `[k, 2]`. By default, z = theta.

    Input: state `[..., 2n]`; with inputs, `inputs` `[..., m]`; with parameters, `parameters` `[..., k]` or `[k]`.
    Output: time derivative `[..., 2n]`.

    Raises:
      InputError: In a call, if `inputs` are missing, have another width, or are given to a model without inputs; and
        likewise for `parameters`. Also if the ranges do not fit `num_parameters`.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, section 3 ("baseline").
    """

    separable = False

    def __init__(
        self,
        *,
        hidden_units: int | Sequence[int] = REFERENCE_HIDDEN_UNITS,
        activation: ActivationLike = "tanh",
        num_inputs: int = 0,
        num_parameters: int = 0,
        parameter_ranges: Sequence[Sequence[float]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._num_inputs = int(num_inputs)
        self._parameters = ParameterInputs(num_parameters, parameter_ranges)
        self.hidden_units = widths(hidden_units)
        self.activation = activation_choice.known(activation)
        self.mlp: Any = None
        self.supports_masking = True  # each state is computed separately, so a mask of times stays valid

    @property
    def num_inputs(self) -> int:
        """m, the number of inputs."""
        return self._num_inputs

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters."""
        return self._parameters.count

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the perceptron for states `[..., 2n]`, whose width determines the output width."""
        if self.mlp is None:
            dof = phase_space.dof(tf.TensorSpec(input_shape))
            self.mlp = MLP(
                self._output_units(dof),
                hidden_units=self.hidden_units,
                activation=self.activation,
                dtype=self.dtype_policy,
                trainable=self.trainable,
                name="mlp",
            )
            self.mlp.build([None, 2 * dof + self.num_inputs + self.num_parameters])
            self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: input_shape[-1]})

    def _output_units(self, dof: int) -> int:
        """Returns the width of the perceptron's output."""
        return 2 * dof

    def call(self, state: State, inputs: tf.Tensor | None = None, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the time derivative `[..., 2n]`.

        Args:
          state: `[..., 2n]`.
          inputs: u `[..., m]`, if the model has inputs.
          parameters: Theta `[..., k]` or `[k]`, if the model has parameters.
        """
        return self._outputs(state, inputs, parameters)

    def _outputs(self, state: State, inputs: tf.Tensor | None, parameters: tf.Tensor | None) -> tf.Tensor:
        """Returns the outputs of the perceptron."""
        check_inputs(self, inputs)
        check_parameters(self, parameters, state)
        if inputs is not None:
            inputs += tf.zeros_like(state[..., :1])  # all states may have the same inputs `[m]`
            state = tf.concat([state, inputs], -1)
        return self.mlp(self._parameters.joined(state, parameters))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the output's shape `[..., 2n]`, which equals the input's shape."""
        return tuple(input_shape)

    def serving_signatures(self, **rollout_options: Any) -> Signatures:
        """Returns the signatures of an export; see `state_signatures`."""
        return state_signatures(self, **rollout_options)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "hidden_units": self.hidden_units,
            "activation": activation_choice.serialized(self.activation),
            "num_inputs": self.num_inputs,
            **self._parameters.config(),
        }
