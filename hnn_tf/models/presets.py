"""The builders of the models that `--model` names.

All builders take the same keyword arguments. A builder refuses an argument that its model does not support.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import keras

from hnn_tf.declarations import declared
from hnn_tf.input_error import OptionError
from hnn_tf.models.baseline_network import BaselineNetwork
from hnn_tf.models.control_registry import CONTROLS
from hnn_tf.models.hamiltonian_network import HamiltonianNetwork
from hnn_tf.models.lagrangian_network import LagrangianNetwork
from hnn_tf.models.linear_friction import LinearFriction
from hnn_tf.models.linear_input import LinearInput
from hnn_tf.models.mechanical_hamiltonian import MechanicalHamiltonian
from hnn_tf.models.mechanical_velocity_network import MechanicalVelocityNetwork
from hnn_tf.models.mlp_dissipation import MLPDissipation
from hnn_tf.models.mlp_energy import MLPEnergy
from hnn_tf.models.mlp_hamiltonian import MLPHamiltonian
from hnn_tf.models.mlp_input import MLPInput
from hnn_tf.models.mlp_lagrangian import MLPLagrangian
from hnn_tf.models.mlp_mass_matrix import MLPMassMatrix
from hnn_tf.models.pairwise_hamiltonian import PairwiseHamiltonian
from hnn_tf.models.periodic_coordinates import PeriodicCoordinates
from hnn_tf.models.quadratic_kinetic import QuadraticKinetic
from hnn_tf.models.random_feature_energy import RandomFeatureEnergy
from hnn_tf.models.random_feature_hamiltonian import RandomFeatureHamiltonian
from hnn_tf.models.random_feature_mass_matrix import RandomFeatureMassMatrix
from hnn_tf.models.random_feature_mechanical_hamiltonian import RandomFeatureMechanicalHamiltonian
from hnn_tf.models.second_order_network import SecondOrderNetwork
from hnn_tf.models.separable_hamiltonian import SeparableHamiltonian
from hnn_tf.models.time_reversible_hamiltonian import TimeReversibleHamiltonian


@dataclasses.dataclass(frozen=True)
class HamiltonianArguments:
    """The arguments of the functions that make H; see `HamiltonianPreset`."""

    hidden_units: Sequence[int]
    activation: str
    dtype: str
    angles: Sequence[int]
    body_dimension: int | None
    parameter_ranges: Sequence[Sequence[float]] = ()
    masses: Sequence[float] = (1.0,)


@dataclasses.dataclass(frozen=True)
class HamiltonianPreset:
    """A builder of a network with a Hamiltonian.

    Args:
      name: The name of the model.
      hamiltonian: A function from `HamiltonianArguments` to the layer of H.
      dissipation: A function (activation, dtype) -> layer that makes the dissipation; None if energy is conserved.
      network: The class of the network.
    """

    name: str
    hamiltonian: Callable[[HamiltonianArguments], keras.layers.Layer]
    dissipation: Callable[[str, str], keras.layers.Layer] | None = None
    network: Callable[..., keras.Model] = HamiltonianNetwork

    def __call__(
        self,
        *,
        hidden_units: Sequence[int],
        activation: str,
        dtype: str,
        time_reversible: bool = False,
        periodic: Sequence[int] = (),
        body_dimension: int | None = None,
        num_inputs: int = 0,
        control: str | None = None,
        parameter_ranges: Sequence[Sequence[float]] = (),
        masses: Sequence[float] = (1.0,),
    ) -> keras.Model:
        """Returns an unbuilt model.

        Args:
          hidden_units: The widths of the hidden layers. For random features, the last width is their number.
          activation: The activation of the hidden layers, or of the random features.
          dtype: The precision.
          time_reversible: Whether H(q, p) = H(q, -p).
          periodic: The indices of the positions that are angles. A perceptron of the whole state has no period.
          body_dimension: The dimension of the space in which bodies move, if the state is that of bodies.
          num_inputs: m, the number of inputs.
          control: The name of the control layer in `CONTROLS`; by default "linear".
          parameter_ranges: The smallest and the largest value of each parameter, `[k, 2]`; empty without parameters.
          masses: The known masses, one for all momenta or n numbers, of the models that do not learn T(p).

        Raises:
          OptionError: If the model is one of bodies, and there is no `body_dimension`; if a control layer is named, and
            there are no inputs; or if there are parameters, and H takes none.
        """
        options = HamiltonianArguments(
            hidden_units, activation, dtype, tuple(periodic), body_dimension, parameter_ranges, tuple(masses)
        )
        hamiltonian = self.hamiltonian(options)
        if len(parameter_ranges) != (declared(hamiltonian, "num_parameters") or 0):
            raise _no_parameters(self.name)
        if time_reversible and not declared(hamiltonian, "even_in_momenta"):
            hamiltonian = TimeReversibleHamiltonian(hamiltonian)
        dissipation = self.dissipation(activation, dtype) if self.dissipation else None
        return self.network(hamiltonian, dissipation, _control(control, num_inputs, options), name=self.name)


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
        body_dimension: int | None = None,
        num_inputs: int = 0,
        control: str | None = None,
        parameter_ranges: Sequence[Sequence[float]] = (),
        masses: Sequence[float] = (1.0,),
    ) -> keras.Model:
        """Returns an unbuilt model, in which inputs and parameters are further inputs of the network.

        The arguments are those of `HamiltonianPreset`.

        Raises:
          OptionError: If `time_reversible` or a `control` is set.
        """
        del periodic, body_dimension, masses  # a perceptron of the whole state knows neither of them
        if time_reversible:
            raise OptionError(
                "{time_reversible:only}: expected a model with a Hamiltonian; received {model}; take hnn",
                time_reversible=True,
                model=self.name,
            )
        if control is not None:
            raise OptionError(
                "{control}: expected a model with a Hamiltonian; received {model}; leave the option out, or take hnn",
                control=control,
                model=self.name,
            )
        return self.network(
            hidden_units=hidden_units,
            activation=activation,
            num_inputs=num_inputs,
            num_parameters=len(parameter_ranges),
            parameter_ranges=parameter_ranges if len(parameter_ranges) else None,
            dtype=dtype,
            name=self.name,
        )


def linear_control(num_inputs: int, options: HamiltonianArguments) -> keras.layers.Layer:
    """Returns a control layer with a constant matrix."""
    return LinearInput(num_inputs, dtype=options.dtype)


def mlp_control(num_inputs: int, options: HamiltonianArguments) -> keras.layers.Layer:
    """Returns a control layer whose matrix depends on the positions."""
    return MLPInput(num_inputs, activation=options.activation, angles=options.angles, dtype=options.dtype)


def _control(control: str | None, num_inputs: int, options: HamiltonianArguments) -> keras.layers.Layer | None:
    """Returns the control layer with the given name, by default "linear"; None without inputs."""
    if control is not None and not num_inputs:
        raise OptionError("{control}: expected recordings with inputs; received none; leave it out", control=control)
    return CONTROLS[control or "linear"](num_inputs, options) if num_inputs else None


def _no_parameters(model: str) -> OptionError:
    return OptionError(
        "{model}: takes no parameters; take hnn, separable, constant_mass, mechanical (also with friction), "
        "pairwise or baseline, or give recordings without parameters",
        model=model,
    )


def lagrangian(
    *,
    hidden_units: Sequence[int],
    activation: str,
    dtype: str,
    time_reversible: bool = False,
    periodic: Sequence[int] = (),
    body_dimension: int | None = None,
    num_inputs: int = 0,
    control: str | None = None,
    parameter_ranges: Sequence[Sequence[float]] = (),
    masses: Sequence[float] = (1.0,),
) -> keras.Model:
    """Returns an unbuilt `LagrangianNetwork`. The arguments are those of `HamiltonianPreset`.

    Raises:
      OptionError: If `time_reversible` is set, a control layer is named, and there are no inputs, or there are
        parameters.
    """
    del masses  # they are learned
    if len(parameter_ranges):
        raise _no_parameters("lagrangian")
    if time_reversible:
        raise OptionError(
            "{time_reversible:only}: expected a model whose energy is even in the velocities; received {model}; take "
            "mechanical_velocity",
            time_reversible=True,
            model="lagrangian",
        )
    layer = MLPLagrangian(hidden_units=hidden_units, activation=activation, angles=tuple(periodic), dtype=dtype)
    options = HamiltonianArguments(hidden_units, activation, dtype, tuple(periodic), body_dimension)
    return LagrangianNetwork(layer, control=_control(control, num_inputs, options), name="lagrangian")


def _mlp(options: HamiltonianArguments) -> keras.layers.Layer:
    return MLPHamiltonian(
        hidden_units=options.hidden_units, activation=options.activation, dtype=options.dtype, **_parameters(options)
    )


def _random_features(options: HamiltonianArguments, **structure: Any) -> keras.layers.Layer:
    return RandomFeatureHamiltonian(
        num_features=options.hidden_units[-1],
        activation=options.activation,
        dtype=options.dtype,
        **{"periodic": options.angles} | structure,
    )


def _separable_random_features(options: HamiltonianArguments) -> keras.layers.Layer:
    return _random_features(options, structure="separable")


def _pairwise_random_features(options: HamiltonianArguments) -> keras.layers.Layer:
    dimension = _body_dimension("pairwise_random_features", options)
    return _random_features(options, structure="pairwise", dimension=dimension, periodic=())


def _mechanical_random_features(options: HamiltonianArguments) -> keras.layers.Layer:
    return RandomFeatureMechanicalHamiltonian(
        num_features=options.hidden_units[-1],
        activation=options.activation,
        periodic=options.angles,
        dtype=options.dtype,
    )


def _separable(options: HamiltonianArguments) -> keras.layers.Layer:
    parameters = _parameters(options)
    return SeparableHamiltonian(_energy(options, **parameters), _potential(options, **parameters))


def _known_mass(options: HamiltonianArguments) -> keras.layers.Layer:
    kinetic = QuadraticKinetic(options.masses, dtype=options.dtype)
    return SeparableHamiltonian(kinetic, _potential(options, **_parameters(options)))


def _known_mass_random_features(options: HamiltonianArguments) -> keras.layers.Layer:
    potential = RandomFeatureEnergy(
        num_features=options.hidden_units[-1],
        activation=options.activation,
        angles=options.angles,
        dtype=options.dtype,
    )
    return SeparableHamiltonian(QuadraticKinetic(options.masses, dtype=options.dtype), potential)


def _constant_mass(options: HamiltonianArguments) -> keras.layers.Layer:
    return SeparableHamiltonian(QuadraticKinetic(dtype=options.dtype), _potential(options, **_parameters(options)))


def _mechanical(options: HamiltonianArguments) -> keras.layers.Layer:
    parameters = _parameters(options)
    mass_matrix = MLPMassMatrix(
        hidden_units=options.hidden_units,
        activation=options.activation,
        angles=options.angles,
        dtype=options.dtype,
        **parameters,
    )
    return MechanicalHamiltonian(mass_matrix, _potential(options, **parameters))


def _mechanical_features(options: HamiltonianArguments) -> keras.layers.Layer:
    shared: dict[str, Any] = {
        "num_features": options.hidden_units[-1],
        "activation": options.activation,
        "angles": options.angles,
        "dtype": options.dtype,
    }
    return MechanicalHamiltonian(RandomFeatureMassMatrix(**shared), RandomFeatureEnergy(**shared))


def _pairwise(options: HamiltonianArguments) -> keras.layers.Layer:
    energy = _energy(options, **_parameters(options))
    return PairwiseHamiltonian(energy, dimension=_body_dimension("pairwise", options))


def _body_dimension(model: str, options: HamiltonianArguments) -> int:
    if options.body_dimension is None:
        raise OptionError(
            "{model}: expected recordings with a body_dimension, or a task of bodies; received none; take separable",
            model=model,
        )
    return options.body_dimension


def _potential(options: HamiltonianArguments, **parameters: Any) -> keras.layers.Layer:
    energy = _energy(options, **parameters)
    return PeriodicCoordinates(energy, options.angles) if options.angles else energy


def _energy(options: HamiltonianArguments, **parameters: Any) -> keras.layers.Layer:
    return MLPEnergy(
        hidden_units=options.hidden_units, activation=options.activation, dtype=options.dtype, **parameters
    )


def _parameters(options: HamiltonianArguments) -> dict[str, Any]:
    """Returns the arguments of an energy with the parameters of the options."""
    ranges = options.parameter_ranges
    return {"num_parameters": len(ranges), "parameter_ranges": ranges if len(ranges) else None}


def _friction(activation: str, dtype: str) -> keras.layers.Layer:
    del activation
    return LinearFriction(dtype=dtype)


def _dissipation(activation: str, dtype: str) -> keras.layers.Layer:
    return MLPDissipation(activation=activation, dtype=dtype)  # a small perceptron of default widths is enough for R


hnn = HamiltonianPreset("hnn", _mlp)
hnn_friction = HamiltonianPreset("hnn_friction", _mlp, _friction)
hnn_dissipation = HamiltonianPreset("hnn_dissipation", _mlp, _dissipation)
separable = HamiltonianPreset("separable", _separable)
separable_friction = HamiltonianPreset("separable_friction", _separable, _friction)
constant_mass = HamiltonianPreset("constant_mass", _constant_mass)
constant_mass_friction = HamiltonianPreset("constant_mass_friction", _constant_mass, _friction)
known_mass = HamiltonianPreset("known_mass", _known_mass)
known_mass_friction = HamiltonianPreset("known_mass_friction", _known_mass, _friction)
known_mass_dissipation = HamiltonianPreset("known_mass_dissipation", _known_mass, _dissipation)
known_mass_random_features = HamiltonianPreset("known_mass_random_features", _known_mass_random_features)
known_mass_random_features_friction = HamiltonianPreset(
    "known_mass_random_features_friction", _known_mass_random_features, _friction
)
mechanical = HamiltonianPreset("mechanical", _mechanical)
mechanical_friction = HamiltonianPreset("mechanical_friction", _mechanical, _friction)
mechanical_velocity = HamiltonianPreset("mechanical_velocity", _mechanical, network=MechanicalVelocityNetwork)
mechanical_velocity_friction = HamiltonianPreset(
    "mechanical_velocity_friction", _mechanical, _friction, MechanicalVelocityNetwork
)
mechanical_features = HamiltonianPreset("mechanical_features", _mechanical_features)
mechanical_velocity_features = HamiltonianPreset(
    "mechanical_velocity_features", _mechanical_features, network=MechanicalVelocityNetwork
)
mechanical_random_features = HamiltonianPreset("mechanical_random_features", _mechanical_random_features)
mechanical_random_features_friction = HamiltonianPreset(
    "mechanical_random_features_friction", _mechanical_random_features, _friction
)
pairwise = HamiltonianPreset("pairwise", _pairwise)
pairwise_random_features = HamiltonianPreset("pairwise_random_features", _pairwise_random_features)
random_features = HamiltonianPreset("random_features", _random_features)
random_features_friction = HamiltonianPreset("random_features_friction", _random_features, _friction)
separable_random_features = HamiltonianPreset("separable_random_features", _separable_random_features)
separable_random_features_friction = HamiltonianPreset(
    "separable_random_features_friction", _separable_random_features, _friction
)
baseline = FieldPreset("baseline", BaselineNetwork)
second_order = FieldPreset("second_order", SecondOrderNetwork)
