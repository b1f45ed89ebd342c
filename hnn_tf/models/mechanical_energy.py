"""The energy of a mechanical system as a function of positions and velocities."""

from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.models.mechanical_hamiltonian import MechanicalHamiltonian
from hnn_tf.models.velocity_energy import VelocityEnergy
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class MechanicalEnergy(VelocityEnergy):
    """The energy of a mechanical system as a function of positions and velocities.

    E(q, v) = H(q, M(q) v) = v^T M(q) v / 2 + V(q).

    Args:
      mechanics: H, with its mass matrix M and its potential V. If H has parameters, E has the same parameters.

    Input: state (q, v) `[..., 2n]` and, with parameters, `parameters` `[..., k]` or `[k]`. Output: energy `[...]`.

    Raises:
      TypeError: If `mechanics` is not a `MechanicalHamiltonian`.
    """

    parts = ("mechanics",)

    def __init__(self, mechanics: MechanicalHamiltonian, **kwargs: Any) -> None:
        if not isinstance(mechanics, MechanicalHamiltonian):
            raise TypeError(
                "mechanics: expected a MechanicalHamiltonian, because its mass matrix makes momenta of velocities; "
                f"received {mechanics!r}; take LagrangianNetwork for another system"
            )
        super().__init__(mechanics=mechanics, **kwargs)

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters, as H declares it."""
        return self._most_parameters()

    def call(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the energy `[...]` of states (q, v) `[..., 2n]`."""
        q, v = phase_space.split(self._prepared(state))
        p = self.mechanics.momentum(q, v, parameters)
        return 0.5 * tf.reduce_sum(v * p, -1) + self.mechanics.part_at("potential", parameters)(q)

    def gradient(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns (dV/dq + d(v^T M v / 2)/dq, M v) `[..., 2n]` at states (q, v) `[..., 2n]`."""
        q, v = phase_space.split(self._prepared(state))
        of_mass = self.mechanics.parameters_of("mass_matrix", parameters)
        of_kinetic = 0.5 * self.mechanics.mass_matrix.squared_norm_gradient(q, v, of_mass)
        by_position = self.mechanics.gravity_force(q, parameters) + of_kinetic
        return phase_space.join(by_position, self.mechanics.momentum(q, v, parameters))

    def momentum(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns p = M(q) v `[..., n]` at states (q, v) `[..., 2n]`."""
        return self.mechanics.momentum(*phase_space.split(self._prepared(state)), parameters)

    def acceleration(self, state: State, force: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns dv/dt `[..., n]` at states (q, v) `[..., 2n]` under generalised forces `[..., n]`."""
        return self.mechanics.forward_dynamics(*phase_space.split(self._prepared(state)), force, parameters)

    def mobility(self, state: State, force: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns M(q)^-1 F `[..., n]` for forces F `[..., n]` at states (q, v) `[..., 2n]`."""
        return self.mechanics.velocity(phase_space.split(self._prepared(state))[0], force, parameters)
