"""Keras models that give a state's time derivative."""

from hnn_tf.models.baseline_network import BaselineNetwork
from hnn_tf.models.hamiltonian_network import HamiltonianNetwork
from hnn_tf.models.mlp import MLP, MLPHamiltonian
from hnn_tf.models.registry import MODELS

__all__ = ["MLP", "MODELS", "BaselineNetwork", "HamiltonianNetwork", "MLPHamiltonian"]
