"""Builders of the models that `--model` names. They take the same keyword arguments, and refuse what isn't theirs."""

import dataclasses
from collections.abc import Callable, Sequence

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


@dataclasses.dataclass(frozen=True)
class HamiltonianPreset:
    """Builds a `HamiltonianNetwork`.

    Args:
      name: The name of the model.
      random_features: Whether H is made of random features; a perceptron if not.
      dissipation: Makes the dissipation, (activation, dtype) -> layer; None if energy is conserved.
    """

    name: str
    random_features: bool = False
    dissipation: Callable[[str, str], keras.layers.Layer] | None = None

    def __call__(
        self,
        *,
        hidden_units: Sequence[int],
        activation: str,
        dtype: str,
        time_reversible: bool = False,
        periodic: Sequence[int] = (),
    ) -> keras.Model:
        """Returns an unbuilt model.

        Args:
          hidden_units: Widths of the hidden layers; the last width is the number of random features.
          activation: The activation of the hidden layers, or of the random features.
          dtype: The precision.
          time_reversible: Whether H(q, p) = H(q, -p).
          periodic: Indices of the positions that are angles; only random features have their period.
        """
        hamiltonian: keras.layers.Layer
        if self.random_features:
            hamiltonian = RandomFeatureHamiltonian(
                num_features=hidden_units[-1], activation=activation, periodic=periodic, dtype=dtype
            )
        else:
            hamiltonian = MLPHamiltonian(hidden_units=hidden_units, activation=activation, dtype=dtype)
        parts = [TimeReversibleHamiltonian(hamiltonian) if time_reversible else hamiltonian]
        if self.dissipation:
            parts.append(self.dissipation(activation, dtype))
        return HamiltonianNetwork(*parts, name=self.name)


@dataclasses.dataclass(frozen=True)
class FieldPreset:
    """Builds a network of the time derivative, which has no Hamiltonian.

    Args:
      name: The name of the model.
      network: The class of the network.
    """

    name: str
    network: type[BaselineNetwork]

    def __call__(
        self,
        *,
        hidden_units: Sequence[int],
        activation: str,
        dtype: str,
        time_reversible: bool = False,
        periodic: Sequence[int] = (),
    ) -> keras.Model:
        """Returns an unbuilt model; the arguments are those of `HamiltonianPreset`.

        Raises:
          OptionError: If the model is to be time-reversible.
        """
        del periodic  # a perceptron has no period
        if time_reversible:
            raise OptionError(
                "{time_reversible:only}: expected a model with a Hamiltonian; received {model}; take hnn",
                time_reversible=True,
                model=self.name,
            )
        return self.network(hidden_units=hidden_units, activation=activation, dtype=dtype, name=self.name)


def _friction(activation: str, dtype: str) -> keras.layers.Layer:
    del activation
    return LinearFriction(dtype=dtype)


def _dissipation(activation: str, dtype: str) -> keras.layers.Layer:
    return MLPDissipation(activation=activation, dtype=dtype)  # of R, a small perceptron of its own widths will do


hnn = HamiltonianPreset("hnn")
hnn_friction = HamiltonianPreset("hnn_friction", dissipation=_friction)
hnn_dissipation = HamiltonianPreset("hnn_dissipation", dissipation=_dissipation)
random_features = HamiltonianPreset("random_features", random_features=True)
random_features_friction = HamiltonianPreset("random_features_friction", random_features=True, dissipation=_friction)
baseline = FieldPreset("baseline", BaselineNetwork)
second_order = FieldPreset("second_order", SecondOrderNetwork)
