"""A Hamiltonian that is the sum of a kinetic energy of the momenta and a potential energy of the positions."""

from collections.abc import Sequence
from typing import Any

import keras
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
    integrators, such as leapfrog, need this form.

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

    def physical_parameters(self) -> dict[str, float]:
        """Returns the learned masses of the kinetic energy by name, if it has some."""
        return declared(self.kinetic, "physical_parameters")
