"""A Hamiltonian that is a multilayer perceptron."""

import keras
import tensorflow as tf

from hnn_tf.models.mlp_energy import MLPEnergy
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class MLPHamiltonian(MLPEnergy):
    """A Hamiltonian that is a multilayer perceptron of the whole state.

    H(q, p) = w . a(W_2 a(W_1 [q, p] + b_1) + b_2).

    H is not separable. H has no output bias, because a constant energy has no effect on the motion. With parameters
    theta, such as masses, the perceptron is a function of [q, p, z(theta)], where z scales each range of a parameter to
    [-1, 1].

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.
      num_parameters: k, the number of parameters theta of a call `hamiltonian(state, parameters=theta)`; by default,
        there are none.
      parameter_ranges: The smallest and the largest value of each parameter, `[k, 2]`. By default, z = theta.

    Input: state `[..., 2n]` and, with parameters, `parameters` `[..., k]` or `[k]`. Output `[...]`.

    Raises:
      InputError: For the same reasons as in `MLPEnergy`.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, section 3.
    """

    separable = False

    def call(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]` and, if the layer has some, of parameters `[..., k]`."""
        # The argument's name is part of the interface: `hamiltonian(state=...)`.
        return super().call(state, parameters)
