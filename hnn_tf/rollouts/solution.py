"""The common parts of all rollouts: the check of their arguments, and the error if a step has no solution."""

import tensorflow as tf

from hnn_tf import integrators, phase_space
from hnn_tf.declarations import declared
from hnn_tf.integrators import Integrator
from hnn_tf.numerics import scalars
from hnn_tf.rollouts.compiled_rollout import Plan, planned_rollout
from hnn_tf.rollouts.stepper import Stepper
from hnn_tf.typing import State, VectorField


class NotSolvedError(ArithmeticError):
    """The error of an implicit or adaptive integrator that finds no solution."""


def checked_start(
    vector_field: VectorField, initial_state: State, integrator: str | Integrator
) -> tuple[tf.Tensor, Integrator]:
    """Returns the initial states `[..., 2n]` in the precision of the motion, and the integrator.

    Raises:
      ValueError: If the states do not have floating-point numbers or an even width, or the integrator refuses the
        motion.
    """
    method = integrators.get(integrator)
    method.check(vector_field)
    scalars.refuse_symbolic(initial_state)
    dtype = declared(vector_field, "compute_dtype")
    state = scalars.cast(initial_state, tf.as_dtype(dtype)) if dtype else tf.convert_to_tensor(initial_state)
    phase_space.dof(state)
    if not state.dtype.is_floating:
        raise ValueError(f"initial_state: expected floating-point numbers; received {state.dtype.name}")
    return state, method


def solved_rollout(stepper: Stepper, plan: Plan, state: State, arguments: tuple, jit_compile: bool) -> tf.Tensor:
    """Returns the trajectory `[..., T + 1, 2n]` of a plan; see `planned_rollout`.

    Raises:
      NotSolvedError: If an implicit or adaptive integrator finds no solution for a finite state, outside graphs.
    """
    trajectory = planned_rollout(stepper, plan, state, arguments, jit_compile=jit_compile)
    if tf.executing_eagerly() and stepper.integrator.may_fail:
        finite = tf.reduce_all(tf.math.is_finite(trajectory), -1)
        # The plan itself marks the members whose times cannot be reached.
        reachable = tf.reduce_all(tf.math.is_finite(plan(*arguments)[0]), 0)
        lost = finite[..., 0] & ~finite[..., -1] & (reachable[..., 0] if reachable.shape.rank else reachable)
        if tf.reduce_any(lost):
            steps = tf.boolean_mask(tf.argmin(tf.cast(finite, tf.int32), -1), lost)
            raise NotSolvedError(
                f"integrator {stepper.integrator.name!r}: found no solution for {steps.shape[0]} of {tf.size(lost)} "
                f"states, first between outputs {tf.reduce_min(steps) - 1} and {tf.reduce_min(steps)}; take smaller "
                "steps or a looser tolerance (inside a tf.function, such states are NaN, and the others stay)"
            )
    return trajectory
