"""The equation of motion of a network with a mechanical Hamiltonian."""

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.declarations import declared
from hnn_tf.motion_parameters import at_parameters, given_parameters
from hnn_tf.numerics.symplectic_gradient import energy_gradient


class EquationOfMotion:
    """The forces and accelerations of a network whose Hamiltonian has a mass matrix.

    tau = M(q) a + dM/dt v - d(v^T M v / 2)/dq + dV/dq + D v.

    q are the positions, v the velocities, a the accelerations, and tau the external generalised forces. D is the block
    of the dissipation R that acts on the momenta. R must not act on the positions, so that dq/dt is the velocity v.
    `MechanicalHamiltonian` has the parts of the equation without friction. If the Hamiltonian has parameters theta, all
    methods take them, `[..., k]` or `[k]`.

    The class is a base class of `HamiltonianNetwork`, which has the attributes `hamiltonian` and `dissipation`.
    """

    hamiltonian: keras.layers.Layer
    dissipation: keras.layers.Layer | None
    constraints: keras.layers.Layer | None

    def computes_forces(self) -> bool:
        """Returns whether the Hamiltonian has a mass matrix, and no constraints have unknown forces.

        The model then has an equation of motion.
        """
        return self.constraints is None and declared(self.hamiltonian, "inverse_dynamics") is not None

    def computes_accelerations(self) -> bool:
        """Returns the same as `computes_forces`."""
        return self.computes_forces()

    def forces_have_closed_form(self) -> bool:
        """Returns whether the forces are linear in all learned numbers, as the parts of the model declare."""
        of_friction = self.dissipation is None or declared(self.dissipation, "assign_coefficient") is not None
        return of_friction and declared(self.hamiltonian, "forces_have_closed_form")

    def inverse_dynamics(
        self,
        position: tf.Tensor,
        velocity: tf.Tensor,
        acceleration: tf.Tensor,
        parameters: tf.Tensor | None = None,
    ) -> tf.Tensor:
        """Returns the external forces tau `[..., n]` of a motion; positions, velocities, accelerations `[..., n]`."""
        without = self.hamiltonian.inverse_dynamics(position, velocity, acceleration, **given_parameters(parameters))
        return without if self.dissipation is None else without + self.friction_force(position, velocity, parameters)

    def forward_dynamics(
        self, position: tf.Tensor, velocity: tf.Tensor, force: tf.Tensor, parameters: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Returns the acceleration `[..., n]` for external forces; positions, velocities, forces `[..., n]` each."""
        if self.dissipation is not None:
            force = tf.cast(force, self.hamiltonian.compute_dtype) - self.friction_force(position, velocity, parameters)
        return self.hamiltonian.forward_dynamics(position, velocity, force, **given_parameters(parameters))

    def friction_force(
        self, position: tf.Tensor, velocity: tf.Tensor, parameters: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Returns D v `[..., n]`: the external forces that overcome friction; positions and velocities `[..., n]`.

        Friction itself acts with the opposite sign.
        """
        momentum = self.hamiltonian.momentum(position, velocity, **given_parameters(parameters))
        if self.dissipation is None:
            return tf.zeros_like(momentum)
        state = phase_space.join(tf.cast(position, momentum.dtype), momentum)
        gradient = energy_gradient(at_parameters(self.hamiltonian, parameters), state)
        return phase_space.split(tf.reduce_sum(self.dissipation(state) * gradient[..., tf.newaxis, :], -1))[1]
