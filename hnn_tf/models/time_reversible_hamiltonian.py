"""A Hamiltonian that is even in the momenta."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.declarations import declared
from hnn_tf.models.inner_layer import deserialized_layers, serialize_layer
from hnn_tf.models.nested_lists import TakesNestedLists
from hnn_tf.models.single_output_hamiltonian import built_with_scalar_energy
from hnn_tf.motion_parameters import at_parameters, check_parameters
from hnn_tf.numerics.symplectic_gradient import energy_gradient
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class TimeReversibleHamiltonian(TakesNestedLists):
    """A Hamiltonian that does not change if all momenta change their sign, as in mechanics without magnetic fields.

    H(q, p) = (h(q, p) + h(q, -p)) / 2.

    A trajectory that is run backwards is also a trajectory. A state with p = 0 has no velocity, so noise cannot shift
    the learned motion in p. Each evaluation of H needs two evaluations of h.

    Args:
      hamiltonian: h, a Keras layer from a state `[..., 2n]` to its energy `[...]`. If it declares `num_parameters`, k,
        H has the same parameters.

    Input: state `[..., 2n]` and, if h has parameters, `parameters` `[..., k]`. Output `[...]`.
    """

    def __init__(self, hamiltonian: keras.layers.Layer, **kwargs: Any) -> None:
        kwargs.setdefault("dtype", hamiltonian.dtype_policy)
        super().__init__(**kwargs)
        self.hamiltonian = hamiltonian
        self.supports_masking = True
        if not kwargs.get("trainable", True):
            hamiltonian.trainable = False

    even_in_momenta = True

    @property
    def separable(self) -> bool:
        """Whether H = T(p) + V(q), as h declares it."""
        return declared(self.hamiltonian, "separable")

    @property
    def has_closed_form(self) -> bool:
        """Whether h is linear in all of its learned numbers, as h declares it."""
        return declared(self.hamiltonian, "has_closed_form")

    @property
    def has_features(self) -> bool:
        """Whether h is a weighted sum of features, as h declares it."""
        inner = self.hamiltonian
        return declared(inner, "feature_gradients") is not None and declared(inner, "has_features")

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters, as h declares it."""
        return declared(self.hamiltonian, "num_parameters") or 0

    def physical_parameters(self) -> dict[str, float]:
        """Returns the physical parameters of h by name, if it has some."""
        return declared(self.hamiltonian, "physical_parameters")

    @property
    def inverse_mass_matrix(self) -> Callable[[tf.Tensor], tf.Tensor] | None:
        """The inverse mass matrix of h, a function of positions, as h declares it; None if h declares none."""
        return declared(self.hamiltonian, "inverse_mass_matrix")

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds h for states `[..., 2n]`."""
        n = phase_space.dof(tf.TensorSpec(input_shape))
        self._signs = np.repeat([1.0, -1.0], n)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: 2 * n})
        hamiltonian = built_with_scalar_energy(self.hamiltonian, input_shape)
        if hamiltonian is not self.hamiltonian:
            self._tracker.untrack(self.hamiltonian)  # h now belongs to the new layer, and not directly to this layer
            self.hamiltonian = hamiltonian

    def call(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]` and, if h has some, of parameters `[..., k]`."""
        check_parameters(self, parameters)
        state, reversed_state, _ = self._both(state)
        hamiltonian = at_parameters(self.hamiltonian, parameters)
        return 0.5 * (hamiltonian(state) + hamiltonian(reversed_state))

    def gradient(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns dH/ds `[..., 2n]` at states `[..., 2n]` and, if h has some, at parameters `[..., k]`."""
        check_parameters(self, parameters)
        state, reversed_state, signs = self._both(state)
        hamiltonian = at_parameters(self.hamiltonian, parameters)
        forward, backward = (energy_gradient(hamiltonian, s) for s in (state, reversed_state))
        return 0.5 * (forward + signs * backward)

    def features(self, state: State) -> tf.Tensor:
        """Returns the features `[..., m]` of h, made even in p."""
        state, reversed_state, _ = self._both(state)
        return 0.5 * (self.hamiltonian.features(state) + self.hamiltonian.features(reversed_state))

    def feature_gradients(self, state: State) -> tf.Tensor:
        """Returns the gradients `[..., 2n, m]` of the features."""
        state, reversed_state, signs = self._both(state)
        backward = signs[:, tf.newaxis] * self.hamiltonian.feature_gradients(reversed_state)
        return 0.5 * (self.hamiltonian.feature_gradients(state) + backward)

    @property
    def known_gradient(self) -> Callable[[State], tf.Tensor] | None:
        """The gradient of the part of H that has no coefficients, as h declares it; None if h declares none."""
        known = declared(self.hamiltonian, "known_gradient")
        if known is None:
            return None

        def gradient(state: State) -> tf.Tensor:
            state, reversed_state, signs = self._both(state)
            return 0.5 * (known(state) + signs * known(reversed_state))

        return gradient

    @property
    def coefficients(self) -> tf.Tensor:
        """The coefficients `[m]` of h."""
        return self.hamiltonian.coefficients

    def assign_coefficients(self, values: np.ndarray) -> None:
        """Replaces the coefficients of h by values `[m]`."""
        self.hamiltonian.assign_coefficients(values)

    @property
    def coefficient_scales(self) -> np.ndarray:
        """The prior scales `[m]` of the coefficients of h."""
        return self.hamiltonian.coefficient_scales

    def adapt(self, states: np.ndarray, **options: Any) -> None:
        """Adapts the features of h to states `[N, 2n]` if h has a method `adapt`, which receives the options."""
        if not self.built:
            self.build(np.shape(states))
        adapt = declared(self.hamiltonian, "adapt")
        if adapt:
            adapt(states, **options)

    def _both(self, state: State) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        state = tf.cast(state, self.compute_dtype)
        if not self.built:
            self.build(state.shape)
        signs = tf.constant(self._signs, self.compute_dtype)
        return state, state * signs, signs

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[...]` of the energy for states `[..., 2n]`."""
        return tuple(input_shape[:-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, with the serialized inner layer."""
        return super().get_config() | {"hamiltonian": serialize_layer(self.hamiltonian)}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> "TimeReversibleHamiltonian":
        """Returns the layer for a configuration from `get_config`."""
        return cls(**deserialized_layers(config, ["hamiltonian"], custom_objects))
