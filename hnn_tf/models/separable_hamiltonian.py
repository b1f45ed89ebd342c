"""A Hamiltonian that is the sum of a kinetic energy of the momenta and a potential energy of the positions."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.declarations import declared
from hnn_tf.models.energy_layer import EnergyLayer
from hnn_tf.numerics.symplectic_gradient import scalar_gradient
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class SeparableHamiltonian(EnergyLayer):
    """A Hamiltonian that is the sum of a kinetic and a potential energy.

    H(q, p) = T(p) + V(q):  dq/dt = dT/dp,  dp/dt = -dV/dq.

    The velocity then depends only on the momentum, and the force only on the position. The explicit symplectic
    integrators, such as leapfrog, need this form. If T has known masses and V is a sum of features, as in
    `SeparableHamiltonian(QuadraticKinetic(masses=1.0), RandomFeatureEnergy())`, H is linear in all of its learned
    coefficients, which are those of V, and a closed form finds them.

    Args:
      kinetic: T, a Keras layer from momenta `[..., n]` to energies `[...]` or `[..., 1]`, for example
        `QuadraticKinetic()` or `MLPEnergy()`.
      potential: V, a Keras layer from positions `[..., n]` to energies `[...]` or `[..., 1]`, for example
        `MLPEnergy()`. If T or V has parameters, as `MLPEnergy(num_parameters=k)`, H has the same parameters.

    Input: state `[..., 2n]` and, with parameters, `parameters` `[..., k]` or `[k]`. Output: energy `[...]`.

    Raises:
      TypeError: If an argument is not a Keras layer.
      ValueError: If the two layers differ in precision.

    References:
      Chen, Zhang, Arjovsky, Bottou. Symplectic Recurrent Neural Networks. arXiv:1909.13334.
    """

    separable = True
    parts = ("kinetic", "potential")

    def __init__(self, kinetic: keras.layers.Layer, potential: keras.layers.Layer, **kwargs: Any) -> None:
        super().__init__(kinetic=kinetic, potential=potential, **kwargs)

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters, as T and V declare it."""
        return self._most_parameters()

    @property
    def even_in_momenta(self) -> bool:
        """Whether T(-p) = T(p), as T declares it."""
        return declared(self.kinetic, "even_in_momenta")

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds both layers for states `[..., 2n]`."""
        n = phase_space.dof(tf.TensorSpec(input_shape))
        for name in self.parts:
            self._build_energy(name, n)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: 2 * n})

    def call(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]` and, if the parts have some, of parameters `[..., k]`."""
        q, p = phase_space.split(self._prepared(state))
        return self.part_at("kinetic", parameters)(p) + self.part_at("potential", parameters)(q)

    def gradient(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns dH/ds `[..., 2n]` at states `[..., 2n]` and, if the parts have some, at parameters `[..., k]`."""
        q, p = phase_space.split(self._prepared(state))
        by_position = scalar_gradient(self.part_at("potential", parameters), q)
        return phase_space.join(by_position, scalar_gradient(self.part_at("kinetic", parameters), p))

    @property
    def known_masses(self) -> np.ndarray | None:
        """The known masses of T, as T declares them; None if T learns its masses, or has no masses."""
        return declared(self.kinetic, "known_masses")

    @property
    def has_features(self) -> bool:
        """Whether V is a weighted sum of features, and T has known masses."""
        features = declared(self.potential, "feature_gradients") is not None
        return features and declared(self.potential, "has_features") and self.known_masses is not None

    @property
    def has_closed_form(self) -> bool:
        """Whether T has known masses, and V is linear in all of its learned numbers, as V declares it."""
        return self.has_features and declared(self.potential, "has_closed_form")

    def known_gradient(self, state: State) -> tf.Tensor:
        """Returns (0, dT/dp) `[..., 2n]` at states `[..., 2n]`, which has no coefficients if the masses are known."""
        q, p = phase_space.split(self._prepared(state))
        return phase_space.join(tf.zeros_like(q), scalar_gradient(self.kinetic, p))

    def features(self, state: State) -> tf.Tensor:
        """Returns the features `[..., m]` of V at states `[..., 2n]`."""
        return self.potential.features(phase_space.split(self._prepared(state))[0])

    def feature_gradients(self, state: State) -> tf.Tensor:
        """Returns the gradients `[..., 2n, m]` of the features of V at states `[..., 2n]`."""
        by_position = self.potential.feature_gradients(phase_space.split(self._prepared(state))[0])
        return tf.concat([by_position, tf.zeros_like(by_position)], -2)

    @property
    def coefficients(self) -> tf.Tensor:
        """The coefficients `[m]` of V."""
        return self.potential.coefficients

    def assign_coefficients(self, values: np.ndarray) -> None:
        """Replaces the coefficients of V by values `[m]`."""
        self.potential.assign_coefficients(values)

    @property
    def coefficient_scales(self) -> np.ndarray | None:
        """The prior scales `[m]` of the coefficients of V; None if V declares none."""
        return declared(self.potential, "coefficient_scales")

    def adapt(self, states: np.ndarray, **options: Any) -> None:
        """Adapts the features of V to states `[N, 2n]` if V has a method `adapt`, which receives the options."""
        if not self.built:
            self.build(np.shape(states))
        adapt = declared(self.potential, "adapt")
        if adapt:
            adapt(np.asarray(states)[:, : np.shape(states)[1] // 2], **options)

    def physical_parameters(self) -> dict[str, float]:
        """Returns the learned masses of the kinetic energy by name, if it has some."""
        return declared(self.kinetic, "physical_parameters")
