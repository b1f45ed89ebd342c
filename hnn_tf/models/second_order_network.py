"""The baseline that knows mechanics' second order, and no energy."""

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.baseline_network import BaselineNetwork
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class SecondOrderNetwork(BaselineNetwork):
    """A perceptron that predicts the change of the momentum only; the position's is the momentum.

    call(q, p) = (p, MLP(q, p)):  dq/dt = p,  d^2q/dt^2 = MLP(q, dq/dt).

    For momenta that are velocities (unit masses). Between `BaselineNetwork` and `HamiltonianNetwork`, it shows how much
    of the latter's gain comes from this structure alone. It has no `hamiltonian`.

    Args:
      hidden_units: Widths of the hidden layers; a number is one layer's.
      activation: A name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input: state `[..., 2n]`. Output: time derivative `[..., 2n]`.

    References:
      Gruver, Finzi, Stanton, Wilson. Deconstructing the Inductive Biases of Hamiltonian Neural Networks.
      arXiv:2202.04836.
    """

    momentum_is_velocity = True

    def _output_units(self, dof: int) -> int:
        return dof

    def call(self, state: State) -> tf.Tensor:
        """Time derivative `[..., 2n]` of states `[..., 2n]`."""
        _, p = phase_space.split(state)
        return phase_space.join(p, self.mlp(state))
