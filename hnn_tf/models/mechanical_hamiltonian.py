"""The Hamiltonian of a mechanical system with a mass matrix."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.declarations import declared
from hnn_tf.models.energy_layer import EnergyLayer
from hnn_tf.models.mass_matrix import MassMatrix
from hnn_tf.numerics.symplectic_gradient import scalar_gradient
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class MechanicalHamiltonian(EnergyLayer):
    """The Hamiltonian of a mechanical system whose kinetic energy is quadratic in the momenta.

    H(q, p) = p^T M(q)^-1 p / 2 + V(q).

    The velocity is v = M(q)^-1 p. The kinetic energy is therefore v^T M(q) v / 2, and H is even in p. If M is positive
    definite, the kinetic energy is positive for every p that is not 0. Only a `RandomFeatureMassMatrix` is not positive
    definite for all weights. With velocities instead of momenta, the equation of motion is

      tau = M(q) a + dM/dt v - d(v^T M v / 2)/dq + dV/dq,

    where a is the acceleration and tau are the external generalised forces. The three parts of the right side are the
    inertial force, the Coriolis and centrifugal force, and the force of the potential, such as gravity. The dissipation
    of a network is not part of this equation.

    Args:
      mass_matrix: M, for example `MLPMassMatrix()` or `ConstantMassMatrix()`.
      potential: V, a Keras layer from positions `[..., n]` to energies `[...]` or `[..., 1]`, for example
        `MLPEnergy()`. If M or V has parameters, as `MLPMassMatrix(num_parameters=k)`, H has the same parameters, and
        all methods take them: H = p^T M(q; theta)^-1 p / 2 + V(q; theta).

    Input: state `[..., 2n]` and, with parameters, `parameters` `[..., k]` or `[k]`. Output: energy `[...]`.

    Raises:
      TypeError: If `mass_matrix` is not a `MassMatrix`, or `potential` is not a Keras layer.
      ValueError: If the two layers differ in precision.
      InputError: In a call, if parameters are missing, have another width, or are given to an H without parameters.

    References:
      Zhong, Dey, Chakraborty. Symplectic ODE-Net. arXiv:1909.12077.
      Lutter, Ritter, Peters. Deep Lagrangian Networks. arXiv:1907.04490.
    """

    even_in_momenta = True
    parts = ("mass_matrix", "potential")

    def __init__(self, mass_matrix: MassMatrix, potential: keras.layers.Layer, **kwargs: Any) -> None:
        if not isinstance(mass_matrix, MassMatrix):
            raise TypeError(f"mass_matrix: expected a MassMatrix, as MLPMassMatrix(); received {mass_matrix!r}")
        super().__init__(mass_matrix=mass_matrix, potential=potential, **kwargs)

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters, as M and V declare it."""
        return self._most_parameters()

    @property
    def separable(self) -> bool:
        """Whether H = T(p) + V(q), which is so if M is constant."""
        return self.mass_matrix.constant

    @property
    def forces_have_closed_form(self) -> bool:
        """Whether the forces of `inverse_dynamics` are linear in all learned numbers of M and V."""
        return self.mass_matrix.has_closed_form and declared(self.potential, "has_closed_form")

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Builds both layers for states `[..., 2n]`."""
        n = phase_space.dof(tf.TensorSpec(input_shape))
        if not self.mass_matrix.built:
            self.mass_matrix.build([None, n])
        self._build_energy("potential", n)
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: 2 * n})

    def call(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]`."""
        q, p = phase_space.split(self._prepared(state))
        return 0.5 * tf.reduce_sum(p * self.velocity(q, p, parameters), -1) + self.part_at("potential", parameters)(q)

    def gradient(self, state: State, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns dH/ds `[..., 2n]` at states `[..., 2n]`.

        dH/dp = v = M^-1 p,  dH/dq = dV/dq - d(v^T M v)/dq / 2 for constant v.
        """
        q, p = phase_space.split(self._prepared(state))
        by_position = self.gravity_force(q, parameters)
        if self.mass_matrix.constant:
            return phase_space.join(by_position, self.velocity(q, p, parameters))
        of_mass = self.parameters_of("mass_matrix", parameters)
        velocity, of_kinetic = self.mass_matrix.solve_with_gradient(q, p, of_mass)
        return phase_space.join(by_position - 0.5 * of_kinetic, velocity)

    def momentum(self, position: tf.Tensor, velocity: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the momentum p = M(q) v `[..., n]` of positions and velocities, `[..., n]` each."""
        position, velocity = self._own(position), self._own(velocity)
        matrix = self.mass_matrix(position, parameters=self.parameters_of("mass_matrix", parameters))
        return tf.reduce_sum(matrix * velocity[..., tf.newaxis, :], -1)

    def velocity(self, position: tf.Tensor, momentum: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the velocity v = M(q)^-1 p `[..., n]` of positions and momenta, `[..., n]` each."""
        of_mass = self.parameters_of("mass_matrix", parameters)
        return self.mass_matrix.solve(self._own(position), self._own(momentum), of_mass)

    def inertial_force(
        self, position: tf.Tensor, acceleration: tf.Tensor, parameters: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Returns M(q) a `[..., n]` for positions and accelerations, `[..., n]` each."""
        return self.momentum(position, acceleration, parameters)

    def coriolis_force(
        self, position: tf.Tensor, velocity: tf.Tensor, parameters: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Returns the Coriolis and centrifugal forces `[..., n]` for positions and velocities, `[..., n]` each.

        dM/dt v - d(v^T M v / 2)/dq.
        """
        of_mass = self.parameters_of("mass_matrix", parameters)
        return self.mass_matrix.coriolis_force(self._own(position), self._own(velocity), of_mass)

    def gravity_force(self, position: tf.Tensor, parameters: tf.Tensor | None = None) -> tf.Tensor:
        """Returns dV/dq `[..., n]` at positions `[..., n]`: the external force that holds the system at rest.

        Gravity itself acts with the opposite sign. V can also contain other potentials, such as those of springs.
        """
        return scalar_gradient(self.part_at("potential", parameters), self._own(position))

    def inverse_dynamics(
        self,
        position: tf.Tensor,
        velocity: tf.Tensor,
        acceleration: tf.Tensor,
        parameters: tf.Tensor | None = None,
    ) -> tf.Tensor:
        """Returns the external forces tau `[..., n]` of a motion; positions, velocities, accelerations `[..., n]`."""
        return (
            self.inertial_force(position, acceleration, parameters)
            + self.coriolis_force(position, velocity, parameters)
            + self.gravity_force(position, parameters)
        )

    def forward_dynamics(
        self, position: tf.Tensor, velocity: tf.Tensor, force: tf.Tensor, parameters: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Returns the acceleration `[..., n]` for external forces; positions, velocities, forces `[..., n]` each."""
        whole = self._own(force) - self.gravity_force(position, parameters)
        of_mass = self.parameters_of("mass_matrix", parameters)
        return self.mass_matrix.acceleration(self._own(position), self._own(velocity), whole, of_mass)

    def _own(self, values: tf.Tensor) -> tf.Tensor:
        """Returns positions, velocities, accelerations or forces `[..., n]` in the layer's precision."""
        values = tf.cast(values, self.compute_dtype)
        if not self.built:
            self.build([None, 2 * values.shape[-1]])
        width = self.input_spec.axes[-1] // 2
        if not values.shape[-1:].is_compatible_with([width]):
            raise ValueError(
                f"{self.name}: expected positions, velocities, accelerations or forces of width {width}; received "
                f"{values.shape}"
            )
        return values
