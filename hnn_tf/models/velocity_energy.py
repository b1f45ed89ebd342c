"""The base class of energies of positions and velocities, which know their equation of motion."""

import abc
from collections.abc import Sequence

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.energy_layer import EnergyLayer
from hnn_tf.motion_parameters import given_parameters
from hnn_tf.typing import State


class VelocityEnergy(EnergyLayer, abc.ABC):
    """The base class of energies E(q, v) of positions and velocities, v = dq/dt, which are made of one other layer.

    If the energy declares `num_parameters`, its methods are also called with `parameters` `[..., k]` or `[k]`.

    Input: state (q, v) `[..., 2n]`. Output: energy `[...]`.
    """

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds the inner layer for states (q, v) `[..., 2n]`."""
        width = 2 * phase_space.dof(tf.TensorSpec(input_shape))
        (name,) = self.parts
        self._build_energy(name, width)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: width})

    @abc.abstractmethod
    def gradient(self, state: State) -> tf.Tensor:
        """Returns the gradient of E by (q, v) `[..., 2n]` at states (q, v) `[..., 2n]`."""

    @abc.abstractmethod
    def momentum(self, state: State) -> tf.Tensor:
        """Returns the momentum p `[..., n]` at states (q, v) `[..., 2n]`."""

    @abc.abstractmethod
    def acceleration(self, state: State, force: tf.Tensor) -> tf.Tensor:
        """Returns dv/dt `[..., n]` at states (q, v) `[..., 2n]` under generalised forces `[..., n]`.

        The forces are those that do not come from E. For these forces alone, dE/dt = v . force.
        """

    def mobility(self, state: State, force: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the change M^-1 F of dv/dt `[..., n]` that forces F `[..., n]` cause at states (q, v) `[..., 2n]`.

        M is the mass matrix. Parameters are those of the energy, if it has some.
        """
        theta, none = given_parameters(parameters), tf.zeros_like(force)
        return self.acceleration(state, force, **theta) - self.acceleration(state, none, **theta)
