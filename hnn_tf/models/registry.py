"""Models by name."""

from collections.abc import Callable, Sequence

import keras

from hnn_tf.models.baseline_network import BaselineNetwork
from hnn_tf.models.hamiltonian_network import HamiltonianNetwork
from hnn_tf.models.linear_friction import LinearFriction
from hnn_tf.models.mlp import MLPHamiltonian
from hnn_tf.models.mlp_dissipation import MLPDissipation
from hnn_tf.models.random_feature_hamiltonian import RandomFeatureHamiltonian
from hnn_tf.models.second_order_network import SecondOrderNetwork

Builder = Callable[..., keras.Model]


def _hnn(*, hidden_units: Sequence[int], activation: str, dtype: str) -> keras.Model:
    hamiltonian = MLPHamiltonian(hidden_units=hidden_units, activation=activation, dtype=dtype)
    return HamiltonianNetwork(hamiltonian, name="hnn")


def _hnn_friction(*, hidden_units: Sequence[int], activation: str, dtype: str) -> keras.Model:
    hamiltonian = MLPHamiltonian(hidden_units=hidden_units, activation=activation, dtype=dtype)
    return HamiltonianNetwork(hamiltonian, LinearFriction(dtype=dtype), name="hnn_friction")


def _hnn_dissipation(*, hidden_units: Sequence[int], activation: str, dtype: str) -> keras.Model:
    hamiltonian = MLPHamiltonian(hidden_units=hidden_units, activation=activation, dtype=dtype)
    # The widths are H's: of R, a small perceptron will do.
    return HamiltonianNetwork(hamiltonian, MLPDissipation(activation=activation, dtype=dtype), name="hnn_dissipation")


def _baseline(*, hidden_units: Sequence[int], activation: str, dtype: str) -> keras.Model:
    return BaselineNetwork(hidden_units=hidden_units, activation=activation, dtype=dtype, name="baseline")


def _random_features(
    *, hidden_units: Sequence[int], activation: str, dtype: str, periodic: Sequence[int] = ()
) -> keras.Model:
    hamiltonian = RandomFeatureHamiltonian(
        num_features=hidden_units[-1], activation=activation, periodic=periodic, dtype=dtype
    )
    return HamiltonianNetwork(hamiltonian, name="random_features")


def _random_features_friction(
    *, hidden_units: Sequence[int], activation: str, dtype: str, periodic: Sequence[int] = ()
) -> keras.Model:
    hamiltonian = RandomFeatureHamiltonian(
        num_features=hidden_units[-1], activation=activation, periodic=periodic, dtype=dtype
    )
    return HamiltonianNetwork(hamiltonian, LinearFriction(dtype=dtype), name="random_features_friction")


def _second_order(*, hidden_units: Sequence[int], activation: str, dtype: str) -> keras.Model:
    return SecondOrderNetwork(hidden_units=hidden_units, activation=activation, dtype=dtype, name="second_order")


MODELS: dict[str, Builder] = {
    "baseline": _baseline,
    "hnn": _hnn,
    "hnn_dissipation": _hnn_dissipation,
    "hnn_friction": _hnn_friction,
    "random_features": _random_features,
    "random_features_friction": _random_features_friction,
    "second_order": _second_order,
}
"""Builders of every model of states, by the name that `--model` takes; all with the same keyword arguments:
`hidden_units`, of which "random_features" takes the last as its number of features, `activation`, `dtype`. Those of
random features also take `periodic`, the positions that are angles."""
