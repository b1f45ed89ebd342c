"""The step that a rollout repeats: an integrator's step for one vector field."""

import dataclasses
import functools
from collections.abc import Callable

import tensorflow as tf

from hnn_tf.integrators import Integrator
from hnn_tf.rollouts.step_inputs import StepInputs
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

    A motion with inputs is ds/dt = f(s, u(t)). Its step has further numbers `[..., c]` beside its size, which determine
    u(t) within the step. A motion with parameters is ds/dt = f(s; theta). The last numbers of its step are theta `[...,
    k]`, so that the step can be differentiated by theta. The integrator sees the motion at this theta, which is
    symplectic if the motion is Hamiltonian.

    The carry `[..., m]` from step to step is the integrator's extended state. With inputs, the time since the beginning
    follows, as one more coordinate of the state. With compensation, e follows. With a limit, the repetitions of the
    member and of the batch follow.

    Args:
      vector_field: A callable from a state `[..., 2n]` to its time derivative `[..., 2n]`. With inputs, it is called as
        `vector_field(state, inputs=u)`, and with parameters as `vector_field(state, parameters=theta)`.
      integrator: The integrator that takes the steps.
      compensated: Whether the sums are compensated.
      checkpointing: Whether gradients of many steps compute each step again instead of storing its intermediate values.
      most_repeats: The limit of the repetitions within steps. By default, there is no limit. Compensated sums cannot
        have a limit.
      inputs: The form of the inputs; by default, there are no inputs.
      num_parameters: k, the number of parameters; by default, there are none.

    References:
      Kahan. Further remarks on reducing truncation errors. Communications of the ACM 8, 1965; Hairer, Lubich, Wanner.
      Geometric Numerical Integration, 2nd ed., 2006, section VIII.5.
    """

    vector_field: VectorField
    integrator: Integrator
    compensated: bool = False
    checkpointing: bool = True
    most_repeats: int | None = None
    inputs: StepInputs | None = None
    num_parameters: int = 0

    def start(self, state: State) -> tf.Tensor:
        """Returns the carry at the beginning."""
        extended = self.integrator.extend(state)
        if self.inputs is not None:
            extended = tf.concat([extended, tf.zeros_like(extended[..., :1])], -1)
        if self.most_repeats is not None:
            return tf.concat([extended, *[tf.zeros_like(extended[..., :1])] * 2], -1)
        return tf.concat([extended, tf.zeros_like(extended)], -1) if self.compensated else extended

    def step(self, carry: tf.Tensor, step_size: tf.Tensor) -> tf.Tensor:
        """Returns the carry one step later.

        Args:
          carry: `[..., m]`.
          step_size: The size of the step, broadcastable to `[..., 1]`. With inputs or parameters, the size, the numbers
            of the inputs and the parameters, `[..., 1 + c + k]`.
        """
        motion: Callable[..., tf.Tensor] = self._time_derivative
        if self.num_parameters:
            parameters, step_size = step_size[..., -self.num_parameters :], step_size[..., : -self.num_parameters]
            motion = functools.partial(motion, parameters=parameters)
        if self.inputs is not None:
            motion, step_size = self._driven(motion, self.inputs, step_size[..., 1:]), step_size[..., :1]
        if self.most_repeats is not None:
            return self._limited_step(motion, carry, step_size, self.most_repeats)
        if not self.compensated:
            return self.integrator.step(motion, carry, step_size)
        state, lost = tf.split(carry, 2, -1)
        for increment in self.integrator.increments(motion, step_size):
            addend = increment(state) + lost
            moved = state + addend
            state, lost = moved, addend - (moved - state)
        return tf.concat([state, lost], -1)

    def state(self, carry: tf.Tensor) -> State:
        """Returns the state of a carry."""
        extended = carry
        if self.most_repeats is not None:
            extended = carry[..., :-2]
        elif self.compensated:
            extended = tf.split(carry, 2, -1)[0]
        return self.integrator.restrict(extended if self.inputs is None else extended[..., :-1])

    def _limited_step(self, motion: VectorField, carry: tf.Tensor, step_size: tf.Tensor, most: int) -> tf.Tensor:
        state, own, together = carry[..., :-2], carry[..., -2:-1], carry[..., -1:]
        state, repeats = self.integrator.counted_step(motion, state, step_size)
        own, together = own + repeats, together + tf.reduce_max(repeats)
        share = tf.cast(most, own.dtype) / tf.cast(tf.maximum(tf.size(own), 1), own.dtype)
        lost = (own > most) | ((together > most) & (own > share)) | (together > 2 * most)
        return tf.concat([tf.where(lost, tf.constant(float("nan"), state.dtype), state), own, together], -1)

    @staticmethod
    def _driven(motion: Callable[..., tf.Tensor], form: StepInputs, numbers: tf.Tensor) -> VectorField:
        """Returns the motion of the state with the time as its last coordinate, in a step with these numbers."""

        def timed_motion(timed: tf.Tensor) -> tf.Tensor:
            derivative = motion(timed[..., :-1], inputs=form.at(timed[..., -1:], numbers))
            return tf.concat([derivative, tf.ones_like(timed[..., :1])], -1)

        return timed_motion

    def _time_derivative(self, state: State, **given: tf.Tensor) -> tf.Tensor:
        derivative = self.vector_field(state, **given)
        if not tf.is_tensor(derivative):
            raise ValueError(f"vector_field: expected a time derivative, a tensor; received {derivative!r}")
        # Without this check, an energy `[...]`, for example, could broadcast to `[..., 2n]`.
        if derivative.shape.rank != state.shape.rank or not derivative.shape.is_compatible_with(state.shape):
            raise ValueError(
                f"vector_field: expected a time derivative of shape {state.shape}, the state's; received "
                f"{derivative.shape}; for a Hamiltonian, give lambda state: symplectic_gradient(hamiltonian, state)"
            )
        return derivative
