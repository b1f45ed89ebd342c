"""A Hamiltonian that is a multilayer perceptron."""

import keras
import tensorflow as tf

from hnn_tf.models.mlp_energy import MLPEnergy
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class MLPHamiltonian(MLPEnergy):
    """A Hamiltonian that is a multilayer perceptron of the whole state.

    H(q, p) = w . a(W_2 a(W_1 [q, p] + b_1) + b_2).

    H is not separable. H has no output bias, because a constant energy has no effect on the motion.

    Args:
      hidden_units: The widths of the hidden layers. A single number is the width of one hidden layer.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input `[..., 2n]`, output `[...]`.

    Raises:
      InputError: If the activation is not smooth. A smooth one is needed because the motion is the derivative of H.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, section 3.
    """

    separable = False

    def call(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]`."""
        # The argument's name is part of the interface: `hamiltonian(state=...)`.
        return super().call(state)
