"""The baseline with the second order of mechanics, but without an energy."""

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.baseline_network import BaselineNetwork
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class SecondOrderNetwork(BaselineNetwork):
    """A network that predicts only dp/dt, and uses the momentum p itself as dq/dt.

    call(q, p) = (p, MLP(q, p)):  dq/dt = p,  d^2q/dt^2 = MLP(q, dq/dt). With inputs u, MLP(q, p, u). Parameters
    theta are further inputs of the perceptron, as in `BaselineNetwork`.

    The momenta must be velocities (unit masses). The network has more structure than `BaselineNetwork` and less than
    `HamiltonianNetwork`. A comparison shows how much of the advantage of `HamiltonianNetwork` comes from the
    second-order structure alone. The network has no attribute `hamiltonian`.

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.
      num_inputs: m, the number of inputs; by default, there are no inputs.
      num_parameters: k, the number of parameters theta; by default, there are none.
      parameter_ranges: The smallest and the largest value of each parameter, `[k, 2]`. By default, z = theta.

    Input: state `[..., 2n]`; with inputs, `inputs` `[..., m]`; with parameters, `parameters` `[..., k]` or `[k]`.
    Output: time derivative `[..., 2n]`.

    References:
      Gruver, Finzi, Stanton, Wilson. Deconstructing the Inductive Biases of Hamiltonian Neural Networks.
      arXiv:2202.04836.
    """

    momentum_is_velocity = True

    def _output_units(self, dof: int) -> int:
        return dof

    def call(self, state: State, inputs: tf.Tensor | None = None, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the time derivative `[..., 2n]`; the arguments are those of `BaselineNetwork`."""
        _, p = phase_space.split(state)
        return phase_space.join(p, self._outputs(state, inputs, parameters))
