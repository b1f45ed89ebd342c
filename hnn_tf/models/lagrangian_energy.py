"""The energy that belongs to a Lagrangian, and the Euler-Lagrange equation."""

from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.declarations import declared, name_of
from hnn_tf.input_error import InputError
from hnn_tf.models.velocity_energy import VelocityEnergy
from hnn_tf.numerics.positive_definite import solve_positive_definite
from hnn_tf.numerics.symplectic_gradient import scalar_gradient
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class LagrangianEnergy(VelocityEnergy):
    """The energy of a Lagrangian L(q, v), where v = dq/dt.

    E(q, v) = v . p - L(q, v),  p = dL/dv.

    The Euler-Lagrange equation with generalised forces F gives the acceleration:

      (d^2L/dv^2) dv/dt = dL/dq - (d^2L/dv dq) v + F.

    The matrix d^2L/dv^2 must be positive definite. Where it is not, in the layer's precision, dv/dt is NaN.

    Args:
      lagrangian: L, a Keras layer from states (q, v) `[..., 2n]` to `[...]` or `[..., 1]`, for example
        `MLPLagrangian()`. Tapes differentiate L twice, unless the layer has a method `motion_terms(state)` that returns
        dL/dq `[..., n]`, (d^2L/dv dq) v `[..., n]` and d^2L/dv^2 `[..., n, n]`.

    Input: state (q, v) `[..., 2n]`. Output: energy `[...]`.

    Raises:
      TypeError: If `lagrangian` is not a Keras layer.
      InputError: If `lagrangian` has parameters.
    """

    parts = ("lagrangian",)

    def __init__(self, lagrangian: keras.layers.Layer, **kwargs: Any) -> None:
        if declared(lagrangian, "num_parameters"):
            raise InputError(
                f"lagrangian: expected a layer without parameters; received {name_of(lagrangian)} with "
                f"{declared(lagrangian, 'num_parameters')}; take MechanicalVelocityNetwork"
            )
        super().__init__(lagrangian=lagrangian, **kwargs)

    def call(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of states (q, v) `[..., 2n]`."""
        state = self._prepared(state)
        _, v = phase_space.split(state)
        return tf.reduce_sum(v * self.momentum(state), -1) - self.lagrangian(state)

    def gradient(self, state: State) -> tf.Tensor:
        """Returns the gradient of E by (q, v) `[..., 2n]` at states (q, v) `[..., 2n]`."""
        return scalar_gradient(self.call, self._prepared(state))

    def momentum(self, state: State) -> tf.Tensor:
        """Returns p = dL/dv `[..., n]` at states (q, v) `[..., 2n]`."""
        return phase_space.split(scalar_gradient(self.lagrangian, self._prepared(state)))[1]

    def acceleration(self, state: State, force: tf.Tensor) -> tf.Tensor:
        """Returns dv/dt `[..., n]` at states (q, v) `[..., 2n]` under generalised forces `[..., n]`."""
        by_position, rate, mass_matrix = self.motion_terms(state)
        return solve_positive_definite(mass_matrix, by_position - rate + force)

    def motion_terms(self, state: State) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns dL/dq `[..., n]`, (d^2L/dv dq) v `[..., n]` and d^2L/dv^2 `[..., n, n]`."""
        state = self._prepared(state)
        written_out = declared(self.lagrangian, "motion_terms")
        if written_out:
            return written_out(state)
        # This tape only differentiates by the state. The caller's tape records the variables.
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(state)
            by_position, momentum = phase_space.split(scalar_gradient(self.lagrangian, state))
            momenta = tf.unstack(momentum, axis=-1)
        zero = tf.UnconnectedGradients.ZERO
        of_momentum = tf.stack([tape.gradient(p, state, unconnected_gradients=zero) for p in momenta], -2)
        by_position_of_momentum, mass_matrix = phase_space.split(of_momentum)
        _, velocity = phase_space.split(state)
        return by_position, tf.reduce_sum(by_position_of_momentum * velocity[..., tf.newaxis, :], -1), mass_matrix
