"""The network of a mechanical system whose states are positions and velocities."""

from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.declarations import declared
from hnn_tf.models.hamiltonian_network import HamiltonianNetwork
from hnn_tf.models.mechanical_energy import MechanicalEnergy
from hnn_tf.models.mechanical_hamiltonian import MechanicalHamiltonian
from hnn_tf.models.velocity_network import VelocityNetwork
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class MechanicalVelocityNetwork(VelocityNetwork):
    """A network that learns the mass matrix and the potential of a mechanical system from positions and velocities.

    call(q, v) = (v, a),  M(q) a = -dM/dt v + d(v^T M v / 2)/dq - dV/dq - D v + B u.

    The motion is that of `HamiltonianNetwork(mechanics, dissipation, control)`, where p = M(q) v. `to_canonical`,
    `from_canonical` and `canonical_model` change between the two. `hamiltonian(state)` is the energy as a function of
    (q, v). Positions and velocities determine M, V and D only up to a common factor, which the units of mass and energy
    would fix.

    Args:
      mechanics: The Hamiltonian with its mass matrix M and its potential V. If it has parameters theta, as with
        `MLPMassMatrix(num_parameters=k)` and `MLPEnergy(num_parameters=k)`, the model has the same parameters.
      dissipation: A Keras layer with a method `damping(state)` that returns D `[..., n, n]` at states (q, p), for
        example `LinearFriction()` or `MLPDissipation()`. D must be symmetric and positive semidefinite. By default,
        there is no dissipation.
      control: A Keras layer with `num_inputs`, m, and a method `gain_matrix(state)` that returns B `[..., n, m]`, for
        example `LinearInput(1)` or `MLPInput(1)`. By default, there are no inputs.
      constraints: A Keras layer from a position `[..., n]` to phi `[..., C]`, for example
        `hnn_tf.constraints.RigidRods`. The forces J^T lambda of the constraints, J = dphi/dq, keep a state on the
        manifold phi = 0, J v = 0. By default, all positions are possible.

    Input: state (q, v) `[..., 2n]`; with a control layer, `inputs` `[..., m]`; with parameters, `parameters` `[..., k]`
    or `[k]`. Output: time derivative `[..., 2n]`.

    Raises:
      TypeError: If `mechanics` is not a `MechanicalHamiltonian`, `dissipation` has no method
        `damping`, or `control` has no method `gain_matrix`.
      ValueError: If the layers differ in precision.

    Example:
      >>> model = MechanicalVelocityNetwork(MechanicalHamiltonian(MLPMassMatrix(), MLPEnergy()))
      >>> model(keras.ops.zeros([8, 4])).shape
      TensorShape([8, 4])

    References:
      Zhong, Dey, Chakraborty. Symplectic ODE-Net. arXiv:1909.12077, section 3.3.
      Lutter, Ritter, Peters. Deep Lagrangian Networks. arXiv:1907.04490.
    """

    part = "mechanics"

    def __init__(
        self,
        mechanics: MechanicalHamiltonian,
        dissipation: keras.layers.Layer | None = None,
        control: keras.layers.Layer | None = None,
        constraints: keras.layers.Layer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(MechanicalEnergy(mechanics), dissipation, control, constraints, **kwargs)

    @property
    def mechanics(self) -> MechanicalHamiltonian:
        """The Hamiltonian of states (q, p), which also has the inverse model tau(q, v, a) and its parts."""
        return self.hamiltonian.mechanics

    def physical_parameters(self) -> dict[str, float]:
        """Returns those of M and, if M is known, of the dissipation, because otherwise the unit of these is unknown."""
        known = self.mechanics.built and not self.mechanics.mass_matrix.weights
        of_friction = declared(self.dissipation, "physical_parameters") if known else {}
        return declared(self.mechanics.mass_matrix, "physical_parameters") | of_friction

    def from_canonical(self, state: State, parameters: tf.Tensor | None = None) -> State:
        """Returns the states (q, v) `[..., 2n]` of states (q, p) `[..., 2n]`; parameters are as in `call`."""
        q, p = phase_space.split(self._own(state))
        return phase_space.join(q, self.mechanics.velocity(q, p, parameters))

    def canonical_model(self) -> HamiltonianNetwork:
        """Returns the model of states (q, p) with the same motion, which shares its layers with this model.

        Symplectic integrators work for this model if it is `conservative` and has no constraints.
        """
        model = HamiltonianNetwork(self.mechanics, self.dissipation, self.control, self.constraints, name=self.name)
        if self.built:
            model.build([None, self.input_spec.axes[-1]])
        return model
