"""The builders of the models that `--model` names.

All builders take the same keyword arguments. A builder refuses an argument that its model does not support.
"""

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
    """A builder of a `HamiltonianNetwork`.

    Args:
      name: The name of the model.
      random_features: Whether H is made of random features. Otherwise, H is a perceptron.
      dissipation: A function (activation, dtype) -> layer that makes the dissipation; None if energy is conserved.
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
          hidden_units: The widths of the hidden layers. For random features, the last width is their number.
          activation: The activation of the hidden layers, or of the random features.
          dtype: The precision.
          time_reversible: Whether H(q, p) = H(q, -p).
          periodic: The indices of the positions that are angles. Only random features have the period of angles.
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
    """A builder of a network that predicts the time derivative without a Hamiltonian.

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
        """Returns an unbuilt model. The arguments are those of `HamiltonianPreset`.

        Raises:
          OptionError: If `time_reversible` is set.
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
    return MLPDissipation(activation=activation, dtype=dtype)  # a small perceptron of default widths is enough for R


hnn = HamiltonianPreset("hnn")
hnn_friction = HamiltonianPreset("hnn_friction", dissipation=_friction)
hnn_dissipation = HamiltonianPreset("hnn_dissipation", dissipation=_dissipation)
random_features = HamiltonianPreset("random_features", random_features=True)
random_features_friction = HamiltonianPreset("random_features_friction", random_features=True, dissipation=_friction)
baseline = FieldPreset("baseline", BaselineNetwork)
second_order = FieldPreset("second_order", SecondOrderNetwork)
