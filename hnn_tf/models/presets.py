"""Builders of the models that `--model` names. They take the same keyword arguments, and refuse what isn't theirs.

Keyword arguments: `hidden_units`, widths of the hidden layers, of which random features take the last as their number;
`activation`; `dtype`; `time_reversible`, whether H(q, p) = H(q, -p); `periodic`, indices of the positions that are
angles, whose period random features have.
"""

from collections.abc import Sequence

import keras

from hnn_tf.input_error import OptionError
from hnn_tf.models.baseline_network import BaselineNetwork
from hnn_tf.models.hamiltonian_network import HamiltonianNetwork
from hnn_tf.models.linear_friction import LinearFriction
from hnn_tf.models.mlp import MLPHamiltonian
from hnn_tf.models.mlp_dissipation import MLPDissipation
from hnn_tf.models.random_feature_hamiltonian import RandomFeatureHamiltonian
from hnn_tf.models.second_order_network import SecondOrderNetwork
from hnn_tf.models.time_reversible_hamiltonian import TimeReversibleHamiltonian


def hnn(
    *,
    hidden_units: Sequence[int],
    activation: str,
    dtype: str,
    time_reversible: bool = False,
    periodic: Sequence[int] = (),
) -> keras.Model:
    """A network of H."""
    del periodic  # a perceptron has no period
    hamiltonian = MLPHamiltonian(hidden_units=hidden_units, activation=activation, dtype=dtype)
    return HamiltonianNetwork(_even(hamiltonian, time_reversible), name="hnn")


def hnn_friction(
    *,
    hidden_units: Sequence[int],
    activation: str,
    dtype: str,
    time_reversible: bool = False,
    periodic: Sequence[int] = (),
) -> keras.Model:
    """A network of H, and one coefficient of linear friction."""
    del periodic
    hamiltonian = MLPHamiltonian(hidden_units=hidden_units, activation=activation, dtype=dtype)
    return HamiltonianNetwork(_even(hamiltonian, time_reversible), LinearFriction(dtype=dtype), name="hnn_friction")


def hnn_dissipation(
    *,
    hidden_units: Sequence[int],
    activation: str,
    dtype: str,
    time_reversible: bool = False,
    periodic: Sequence[int] = (),
) -> keras.Model:
    """A network of H, and one of a dissipation that depends on the state."""
    del periodic
    hamiltonian = MLPHamiltonian(hidden_units=hidden_units, activation=activation, dtype=dtype)
    # The widths are H's: of R, a small perceptron will do.
    dissipation = MLPDissipation(activation=activation, dtype=dtype)
    return HamiltonianNetwork(_even(hamiltonian, time_reversible), dissipation, name="hnn_dissipation")


def baseline(
    *,
    hidden_units: Sequence[int],
    activation: str,
    dtype: str,
    time_reversible: bool = False,
    periodic: Sequence[int] = (),
) -> keras.Model:
    """A network of the derivative itself."""
    del periodic
    _refuse("baseline", time_reversible)
    return BaselineNetwork(hidden_units=hidden_units, activation=activation, dtype=dtype, name="baseline")


def random_features(
    *,
    hidden_units: Sequence[int],
    activation: str,
    dtype: str,
    time_reversible: bool = False,
    periodic: Sequence[int] = (),
) -> keras.Model:
    """H of random features."""
    hamiltonian = RandomFeatureHamiltonian(
        num_features=hidden_units[-1], activation=activation, periodic=periodic, dtype=dtype
    )
    return HamiltonianNetwork(_even(hamiltonian, time_reversible), name="random_features")


def random_features_friction(
    *,
    hidden_units: Sequence[int],
    activation: str,
    dtype: str,
    time_reversible: bool = False,
    periodic: Sequence[int] = (),
) -> keras.Model:
    """H of random features, and one coefficient of linear friction."""
    hamiltonian = RandomFeatureHamiltonian(
        num_features=hidden_units[-1], activation=activation, periodic=periodic, dtype=dtype
    )
    friction = LinearFriction(dtype=dtype)
    return HamiltonianNetwork(_even(hamiltonian, time_reversible), friction, name="random_features_friction")


def second_order(
    *,
    hidden_units: Sequence[int],
    activation: str,
    dtype: str,
    time_reversible: bool = False,
    periodic: Sequence[int] = (),
) -> keras.Model:
    """A network of dp/dt, where dq/dt = p."""
    del periodic
    _refuse("second_order", time_reversible)
    return SecondOrderNetwork(hidden_units=hidden_units, activation=activation, dtype=dtype, name="second_order")


def _even(hamiltonian: keras.layers.Layer, time_reversible: bool) -> keras.layers.Layer:
    return TimeReversibleHamiltonian(hamiltonian) if time_reversible else hamiltonian


def _refuse(model: str, time_reversible: bool) -> None:
    if time_reversible:
        raise OptionError(
            "{time_reversible:only}: is of a Hamiltonian, and {model} has none; take hnn",
            time_reversible=True,
            model=model,
        )
