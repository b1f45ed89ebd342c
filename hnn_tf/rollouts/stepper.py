"""The step that a rollout repeats: an integrator's step for one vector field."""

import dataclasses

import tensorflow as tf

from hnn_tf.integrators import Integrator
from hnn_tf.typing import State, VectorField


@dataclasses.dataclass(frozen=True)
class Stepper:
    """A vector field with the integrator that advances it, with or without compensated summation.

    Compensated (Kahan's) summation keeps the part e of each sum that rounding removes, and adds it to the next sum: y =
    increment + e,  s' = s + y,  e' = y - (s' - s). Round-off then grows with the time instead of the number of steps.

    Some integrators repeat iterations or inner steps within a step, as their `counted_step` counts. The number of these
    repetitions can be limited. A member is NaN as soon as it has more than `most_repeats` repetitions. As soon as the
    whole batch has more than `most_repeats`, where the slowest member of each step counts, a member is NaN if it has
    more than its equal share of them. The whole batch ends at twice as many repetitions at the latest, plus those of
    the last step.

    The carry `[..., m]` from step to step is the integrator's extended state. With compensation, e follows. With a
    limit, the repetitions of the member and of the batch follow.

    Args:
      vector_field: A callable from a state `[..., 2n]` to its time derivative `[..., 2n]`.
      integrator: The integrator that takes the steps.
      compensated: Whether the sums are compensated.
      checkpointing: Whether gradients of many steps compute each step again instead of storing its intermediate values.
      most_repeats: The limit of the repetitions within steps. By default, there is no limit. Compensated sums cannot
        have a limit.

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
        """Returns the carry at the beginning."""
        extended = self.integrator.extend(state)
        if self.most_repeats is not None:
            return tf.concat([extended, *[tf.zeros_like(extended[..., :1])] * 2], -1)
        return tf.concat([extended, tf.zeros_like(extended)], -1) if self.compensated else extended

    def step(self, carry: tf.Tensor, step_size: tf.Tensor) -> tf.Tensor:
        """Returns the carry one step later."""
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
        """Returns the state of a carry."""
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
        # Without this check, an energy `[...]`, for example, could broadcast to `[..., 2n]`.
        if derivative.shape.rank != state.shape.rank or not derivative.shape.is_compatible_with(state.shape):
            raise ValueError(
                f"vector_field: expected a time derivative of shape {state.shape}, the state's; received "
                f"{derivative.shape}; for a Hamiltonian, give lambda state: symplectic_gradient(hamiltonian, state)"
            )
        return derivative
