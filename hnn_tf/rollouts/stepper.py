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

    Of an integrator that repeats something within a step, as its `counted_step` counts, the repetitions can be limited,
    too: a member is NaN once it has had more than `most_repeats`; or, once the whole batch has had more (of each step
    those of the slowest member), more than its equal share of them. At twice as many, and those of the last step, the
    batch is at its end.

    What is carried from step to step, `[..., m]`, is the integrator's extended state, followed by e if compensated; or
    by the repetitions of the member, and of the batch, if they are limited.

    Args:
      vector_field: State `[..., 2n]` -> time derivative `[..., 2n]`.
      integrator: Takes the steps.
      compensated: Whether sums are compensated.
      checkpointing: Whether gradients of many steps take each step again instead of storing what is inside.
      most_repeats: Limit of the repetitions within steps, not of compensated ones; none if not given.

    References:
      Kahan. Further remarks on reducing truncation errors. Communications of the ACM 8, 1965; Hairer, Lubich, Wanner.
      Geometric Numerical Integration, 2nd ed., 2006, section VIII.5.
    """

    vector_field: VectorField
    integrator: Integrator
    compensated: bool = False
    checkpointing: bool = True
    most_repeats: int | None = None

    def start(self, state: State) -> tf.Tensor:
        """What is carried at the beginning."""
        extended = self.integrator.extend(state)
        if self.most_repeats is not None:
            return tf.concat([extended, *[tf.zeros_like(extended[..., :1])] * 2], -1)
        return tf.concat([extended, tf.zeros_like(extended)], -1) if self.compensated else extended

    def step(self, carry: tf.Tensor, step_size: tf.Tensor) -> tf.Tensor:
        """What is carried one step later."""
        if self.most_repeats is not None:
            return self._limited_step(carry, step_size, self.most_repeats)
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
        if self.most_repeats is not None:
            return self.integrator.restrict(carry[..., :-2])
        return self.integrator.restrict(tf.split(carry, 2, -1)[0] if self.compensated else carry)

    def _limited_step(self, carry: tf.Tensor, step_size: tf.Tensor, most: int) -> tf.Tensor:
        state, own, together = carry[..., :-2], carry[..., -2:-1], carry[..., -1:]
        state, repeats = self.integrator.counted_step(self._time_derivative, state, step_size)
        own, together = own + repeats, together + tf.reduce_max(repeats)
        share = tf.cast(most, own.dtype) / tf.cast(tf.maximum(tf.size(own), 1), own.dtype)
        lost = (own > most) | ((together > most) & (own > share)) | (together > 2 * most)
        return tf.concat([tf.where(lost, tf.constant(float("nan"), state.dtype), state), own, together], -1)

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
