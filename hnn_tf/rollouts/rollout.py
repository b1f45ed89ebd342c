"""Rollouts: trajectories of a true or learned vector field."""

import tensorflow as tf

from hnn_tf import integrators, phase_space
from hnn_tf.integrators import Integrator
from hnn_tf.numerics import scalars
from hnn_tf.rollouts.compiled_rollout import Plan, planned_rollout
from hnn_tf.rollouts.step_limit import MOST_STEPS, LimitedTimes
from hnn_tf.rollouts.stepper import Stepper
from hnn_tf.typing import State, VectorField


class NotSolvedError(ArithmeticError):
    """The error of an implicit or adaptive integrator that finds no solution."""


def rollout(
    vector_field: VectorField,
    initial_state: State,
    *,
    step_size: float | tf.Tensor,
    num_steps: int | tf.Tensor,
    integrator: str | Integrator = "rk4",
    compensated: bool = False,
    checkpointing: bool = True,
    jit_compile: bool = False,
) -> tf.Tensor:
    """Integrates a batch of states with a fixed step size.

    The function approximates the flow of ds/dt = f(s), s = (q, p), by repeating `integrator.step`. The global error is
    O(step_size ** integrator.order). The energy error stays bounded only if the integrator is symplectic for this
    Hamiltonian. An eager call runs a compiled function, which is traced once for each field, integrator and state
    shape, but not for each number of steps. A call inside a `tf.function` becomes part of that graph.

    Gradients with respect to the initial state, the step size and everything that the field depends on are the
    gradients of the numerical solution.

    Shape key: `...` batch, n = dof, T = num_steps + 1.

    Args:
      vector_field: A callable from a state `[..., 2n]` to its time derivative `[..., 2n]`: a system, a model, or a
        function. A model is called in its own precision. The compiled form is kept, so later changes of attributes
        other than variables have no effect.
      initial_state: Float tensor `[..., 2n]`, concat(q, p), in the system's units.
      step_size: A scalar in the system's time unit; a negative step size runs backwards.
      num_steps: The number of steps, an integer scalar >= 0.
      integrator: A name or an `hnn_tf.integrators.Integrator`.
      compensated: Whether the sums of the state are compensated. In float32, the round-off of long runs then grows with
        the time instead of the number of steps.
      checkpointing: Whether gradients store only the states and compute each step again on the way back. Otherwise,
        gradients store all intermediate values, and the graph has no custom gradient, as exports need.
      jit_compile: Whether XLA compiles the rollout, which pays for long or repeated rollouts. The compilation takes a
        second or more for each new shape of the states, but not for each number of steps. Inside a graph, use
        `tf.function(jit_compile=True)`, with a Python number of steps.

    Returns:
      The trajectory `[..., T, 2n]`, in the model's precision or that of `initial_state`; index 0 is `initial_state`.

    Raises:
      ValueError: If the last axis is odd or unknown, the state does not have floating-point numbers, `num_steps` is
        negative, an argument that must be a scalar is not a scalar, or the integrator refuses the field (see
        `Integrator.check`).
      TypeError: If the field is not hashable.
      NotSolvedError: If an implicit or adaptive integrator finds no solution for a finite state. Inside a graph, these
        states are NaN instead.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, ch. VI.
    """
    state, method = _checked(vector_field, initial_state, integrator)
    arguments = (
        scalars.number("step_size", step_size, state.dtype),
        scalars.count("num_steps", num_steps, least=0),
    )
    return _planned(
        Stepper(vector_field, method, compensated, checkpointing), _fixed_steps, state, arguments, jit_compile
    )


def rollout_at_times(
    vector_field: VectorField,
    initial_state: State,
    times: tf.Tensor,
    *,
    max_step_size: float | tf.Tensor | None = None,
    substeps: int | tf.Tensor | None = None,
    integrator: str | Integrator = "rk4",
    compensated: bool = False,
    checkpointing: bool = True,
    jit_compile: bool = False,
    max_steps: int | None = None,
) -> tf.Tensor:
    """Integrates a batch of states to chosen times, which may be irregular.

    `initial_state` is the state at `times[..., 0]`. Between two output times, the integrator takes equal steps:
    `substeps` steps, or the smallest number that keeps every step of the batch at or below `max_step_size`. A batch
    member is NaN from the first interval on that is not finite or would take more than ten million such steps. The
    other members are not affected.

    Only the states at the output times are stored. With checkpointing, gradients store about sqrt(S) more states for an
    interval of S steps.

    Shape key: `...` batch, n = dof, T = number of times.

    Args:
      vector_field: A callable from a state `[..., 2n]` to its time derivative `[..., 2n]`.
      initial_state: Float tensor `[..., 2n]`.
      times: Float tensor `[T]`, or `[..., T]` with separate times for each batch member; decreasing times run
        backwards.
      max_step_size: A scalar > 0. Exactly one of `max_step_size` and `substeps` must be given.
      substeps: The number of steps between two output times, an integer scalar >= 1.
      integrator: A name or an `hnn_tf.integrators.Integrator`. An adaptive integrator needs only one substep.
      compensated: See `rollout`.
      checkpointing: See `rollout`.
      jit_compile: See `rollout`.
      max_steps: For servers, the largest number of steps of the whole call, an integer from 1 to ten million. A member
        that would need more steps is NaN after its limit, as described in `hnn_tf.rollouts.step_limit.LimitedTimes`.
        With this limit, repeated times take no step and have no gradient.

    Returns:
      The trajectory `[..., T, 2n]`, with the same precision as in `rollout`; index 0 is `initial_state`. Empty times
      give an empty trajectory.

    Raises:
      ValueError: For the same reasons as in `rollout`. Also if not exactly one of `max_step_size` and `substeps` is
        given, the given one is not positive, `max_steps` is not a number as above, or `max_steps` and `compensated` are
        given for an implicit or adaptive integrator.
      TypeError: For the same reason as in `rollout`.
      NotSolvedError: For the same reason as in `rollout`.
    """
    state, method = _checked(vector_field, initial_state, integrator)
    if (max_step_size is None) == (substeps is None):
        received = "neither" if substeps is None else "both"
        raise ValueError(f"rollout_at_times: expected exactly one of max_step_size and substeps; received {received}")
    times = scalars.cast(times, state.dtype)
    _check_times(times, state)
    if substeps is None:
        steps = scalars.number("max_step_size", max_step_size, state.dtype, positive=True)
    else:
        steps = scalars.count("substeps", substeps, least=1)
    plan = _steps_at_most if substeps is None else _substeps
    if max_steps is None:
        stepper = Stepper(vector_field, method, compensated, checkpointing)
        return _at_times(stepper, plan, state, times, steps, jit_compile)
    if not (1 <= max_steps <= MOST_STEPS and max_steps == int(max_steps)):
        raise ValueError(f"max_steps: expected an integer from 1 to {MOST_STEPS}; received {max_steps}")
    if compensated and method.may_fail:
        raise ValueError(f"max_steps: expected compensated=False with integrator {method.name!r}; received both")
    dtype, most_repeats = state.dtype, int(max_steps) if method.may_fail else None
    stepper = Stepper(vector_field, method, compensated, checkpointing, most_repeats)

    def steps_of(lengths: tf.Tensor) -> tf.Tensor:
        return _least_steps(lengths, steps) if substeps is None else tf.fill(tf.shape(lengths), tf.cast(steps, dtype))

    limited = LimitedTimes(times, steps_of, int(max_steps))
    return limited.at_all_times(_at_times(stepper, plan, state, limited.times, steps, jit_compile))


def _at_times(
    stepper: Stepper, plan: Plan, state: State, times: tf.Tensor, steps: tf.Tensor, jit_compile: bool
) -> tf.Tensor:
    # For T = 0, the trajectory does not contain the initial state either.
    return _planned(stepper, plan, state, (times, steps), jit_compile)[..., : tf.shape(times)[-1], :]


def _checked(
    vector_field: VectorField, initial_state: State, integrator: str | Integrator
) -> tuple[tf.Tensor, Integrator]:
    method = integrators.get(integrator)
    method.check(vector_field)
    scalars.refuse_symbolic(initial_state)
    dtype = getattr(vector_field, "compute_dtype", None)
    state = scalars.cast(initial_state, tf.as_dtype(dtype)) if dtype else tf.convert_to_tensor(initial_state)
    phase_space.dof(state)
    if not state.dtype.is_floating:
        raise ValueError(f"initial_state: expected floating-point numbers; received {state.dtype.name}")
    return state, method


def _check_times(times: tf.Tensor, state: State) -> None:
    if times.shape.rank == 0:
        raise ValueError("times: expected shape [T] or [..., T]; received a scalar")
    own, batch = times.shape[:-1], state.shape[:-1]
    try:
        fits = tf.broadcast_static_shape(own, batch).is_compatible_with(batch)
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"times: expected shape [T] or {batch} + [T] for states {state.shape}; received {times.shape}")


def _planned(stepper: Stepper, plan: Plan, state: State, arguments: tuple, jit_compile: bool) -> tf.Tensor:
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


# Each plan returns the step sizes, with the time axis first; the number of steps of each interval, or None for one step
# each; and the largest of these numbers.


def _fixed_steps(step_size: tf.Tensor, num_steps: tf.Tensor) -> tuple:
    return tf.fill([num_steps], step_size), None, None


def _steps_at_most(times: tf.Tensor, max_step_size: tf.Tensor) -> tuple:
    intervals = _intervals(times)
    # The comparison is false for NaN, so NaN is also unusable.
    usable = tf.abs(intervals) <= max_step_size * MOST_STEPS
    lengths = tf.where(usable, tf.abs(intervals), tf.zeros_like(intervals))
    widest = tf.reduce_max(lengths, axis=list(range(1, lengths.shape.rank)))
    counts = tf.cast(_least_steps(widest, max_step_size), tf.int32)
    intervals = tf.where(usable, intervals, tf.constant(float("nan"), intervals.dtype))
    return _step_sizes(intervals, counts), counts, tf.maximum(tf.reduce_max(counts), 1)


def _least_steps(lengths: tf.Tensor, max_step_size: tf.Tensor) -> tf.Tensor:
    # With the small allowance, round-off in the times does not add a step to an interval that fits exactly.
    return tf.maximum(tf.math.ceil(lengths / max_step_size * (1.0 - 1e-6)), 1.0)


def _substeps(times: tf.Tensor, substeps: tf.Tensor) -> tuple:
    intervals = _intervals(times)
    counts = tf.fill([tf.shape(intervals)[0]], substeps)
    known = tf.get_static_value(substeps)
    return _step_sizes(intervals, counts), counts, substeps if known is None else int(known)


def _intervals(times: tf.Tensor) -> tf.Tensor:
    """Returns the differences of times `[..., T]`, with the time axis first."""
    intervals = times[..., 1:] - times[..., :-1]
    rank = intervals.shape.rank
    return tf.transpose(intervals, [rank - 1, *range(rank - 1)])


def _step_sizes(intervals: tf.Tensor, counts: tf.Tensor) -> tf.Tensor:
    step_sizes = intervals / tf.reshape(tf.cast(counts, intervals.dtype), [-1, *[1] * (intervals.shape.rank - 1)])
    # If each batch member has its own step sizes, they get an axis beside the coordinates.
    return step_sizes[..., tf.newaxis] if step_sizes.shape.rank > 1 else step_sizes
