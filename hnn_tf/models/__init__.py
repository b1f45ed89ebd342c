"""Keras models that give a state's time derivative."""

from hnn_tf.models.baseline_network import BaselineNetwork
from hnn_tf.models.hamiltonian_network import HamiltonianNetwork
from hnn_tf.models.latent_hamiltonian_network import LatentHamiltonianNetwork
from hnn_tf.models.linear_friction import LinearFriction
from hnn_tf.models.mlp import MLP, MLPHamiltonian
from hnn_tf.models.mlp_dissipation import MLPDissipation
from hnn_tf.models.random_feature_hamiltonian import RandomFeatureHamiltonian
from hnn_tf.models.registry import MODELS
from hnn_tf.models.residual_mlp import ResidualMLP
from hnn_tf.models.second_order_network import SecondOrderNetwork
from hnn_tf.models.time_reversible_hamiltonian import TimeReversibleHamiltonian

__all__ = [
    "MLP",
    "MODELS",
    "BaselineNetwork",
    "HamiltonianNetwork",
    "LatentHamiltonianNetwork",
    "LinearFriction",
    "MLPDissipation",
    "MLPHamiltonian",
    "RandomFeatureHamiltonian",
    "ResidualMLP",
    "SecondOrderNetwork",
    "TimeReversibleHamiltonian",
]
