"""Builders of the models that `--model` names, all with the same keyword arguments.

`hidden_units`, of which random features take the last as their number, `activation`, `dtype`. Those of random features
also take `periodic`, the positions that are angles.
"""

from collections.abc import Sequence

import keras

from hnn_tf.models.baseline_network import BaselineNetwork
from hnn_tf.models.hamiltonian_network import HamiltonianNetwork
from hnn_tf.models.linear_friction import LinearFriction
from hnn_tf.models.mlp import MLPHamiltonian
from hnn_tf.models.mlp_dissipation import MLPDissipation
from hnn_tf.models.random_feature_hamiltonian import RandomFeatureHamiltonian
from hnn_tf.models.second_order_network import SecondOrderNetwork


def hnn(*, hidden_units: Sequence[int], activation: str, dtype: str) -> keras.Model:
    """A network of H."""
    hamiltonian = MLPHamiltonian(hidden_units=hidden_units, activation=activation, dtype=dtype)
    return HamiltonianNetwork(hamiltonian, name="hnn")


def hnn_friction(*, hidden_units: Sequence[int], activation: str, dtype: str) -> keras.Model:
    """A network of H, and one coefficient of linear friction."""
    hamiltonian = MLPHamiltonian(hidden_units=hidden_units, activation=activation, dtype=dtype)
    return HamiltonianNetwork(hamiltonian, LinearFriction(dtype=dtype), name="hnn_friction")


def hnn_dissipation(*, hidden_units: Sequence[int], activation: str, dtype: str) -> keras.Model:
    """A network of H, and one of a dissipation that depends on the state."""
    hamiltonian = MLPHamiltonian(hidden_units=hidden_units, activation=activation, dtype=dtype)
    # The widths are H's: of R, a small perceptron will do.
    return HamiltonianNetwork(hamiltonian, MLPDissipation(activation=activation, dtype=dtype), name="hnn_dissipation")


def baseline(*, hidden_units: Sequence[int], activation: str, dtype: str) -> keras.Model:
    """A network of the derivative itself."""
    return BaselineNetwork(hidden_units=hidden_units, activation=activation, dtype=dtype, name="baseline")


def random_features(
    *, hidden_units: Sequence[int], activation: str, dtype: str, periodic: Sequence[int] = ()
) -> keras.Model:
    """H of random features."""
    hamiltonian = RandomFeatureHamiltonian(
        num_features=hidden_units[-1], activation=activation, periodic=periodic, dtype=dtype
    )
    return HamiltonianNetwork(hamiltonian, name="random_features")


def random_features_friction(
    *, hidden_units: Sequence[int], activation: str, dtype: str, periodic: Sequence[int] = ()
) -> keras.Model:
    """H of random features, and one coefficient of linear friction."""
    hamiltonian = RandomFeatureHamiltonian(
        num_features=hidden_units[-1], activation=activation, periodic=periodic, dtype=dtype
    )
    return HamiltonianNetwork(hamiltonian, LinearFriction(dtype=dtype), name="random_features_friction")


def second_order(*, hidden_units: Sequence[int], activation: str, dtype: str) -> keras.Model:
    """A network of dp/dt, where dq/dt = p."""
    return SecondOrderNetwork(hidden_units=hidden_units, activation=activation, dtype=dtype, name="second_order")
