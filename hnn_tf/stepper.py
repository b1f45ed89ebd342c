"""An integrator's step of one vector field: what a rollout repeats."""

import dataclasses

import tensorflow as tf

from hnn_tf.integrators import Integrator
from hnn_tf.typing import State, VectorField


@dataclasses.dataclass(frozen=True)
class Stepper:
    """A vector field and the integrator that steps it, with or without compensated summation.

    Compensated (Kahan's) summation carries what rounding takes from each sum, e, into the next:
    y = increment + e,  s' = s + y,  e' = y - (s' - s). Round-off then grows with the time, not with the number of
    steps.

    What is carried from step to step, `[..., m]`, is the integrator's extended state, followed by e if compensated.

    Args:
      vector_field: State `[..., 2n]` -> time derivative `[..., 2n]`.
      integrator: Takes the steps.
      compensated: Whether sums are compensated.
      checkpointing: Whether gradients of many steps take each step again instead of storing what is inside.

    References:
      Kahan. Further remarks on reducing truncation errors. Communications of the ACM 8, 1965; Hairer, Lubich, Wanner.
      Geometric Numerical Integration, 2nd ed., 2006, section VIII.5.
    """

    vector_field: VectorField
    integrator: Integrator
    compensated: bool = False
    checkpointing: bool = True

    def start(self, state: State) -> tf.Tensor:
        """What is carried at the beginning."""
        extended = self.integrator.extend(state)
        return tf.concat([extended, tf.zeros_like(extended)], -1) if self.compensated else extended

    def step(self, carry: tf.Tensor, step_size: tf.Tensor) -> tf.Tensor:
        """What is carried one step later."""
        if not self.compensated:
            return self.integrator.step(self._time_derivative, carry, step_size)
        state, lost = tf.split(carry, 2, -1)
        for increment in self.integrator.increments(self._time_derivative, step_size):
            addend = increment(state) + lost
            moved = state + addend
            state, lost = moved, addend - (moved - state)
        return tf.concat([state, lost], -1)

    def state(self, carry: tf.Tensor) -> State:
        """The state of what is carried."""
        return self.integrator.restrict(tf.split(carry, 2, -1)[0] if self.compensated else carry)

    def _time_derivative(self, state: State) -> tf.Tensor:
        derivative = self.vector_field(state)
        if not tf.is_tensor(derivative):
            raise ValueError(f"vector_field: expected a time derivative, a tensor; received {derivative!r}")
        # An energy `[...]`, say, could broadcast to `[..., 2n]`.
        if derivative.shape.rank != state.shape.rank or not derivative.shape.is_compatible_with(state.shape):
            raise ValueError(
                f"vector_field: expected a time derivative of shape {state.shape}, the state's; received "
                f"{derivative.shape}; a Hamiltonian's is lambda state: symplectic_gradient(hamiltonian, state)"
            )
        return derivative
