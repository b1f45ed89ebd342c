"""Trajectories: a vector field, true or learned, repeated through an integrator."""

import tensorflow as tf

from hnn_tf import integrators, phase_space
from hnn_tf.integrators import Integrator
from hnn_tf.numerics import scalars
from hnn_tf.rollouts.compiled_rollout import Plan, planned_rollout
from hnn_tf.rollouts.step_limit import MOST_STEPS, LimitedTimes
from hnn_tf.rollouts.stepper import Stepper
from hnn_tf.typing import State, VectorField


class NotSolvedError(ArithmeticError):
    """An integrator that solves equations, or chooses its steps by itself, found no solution."""


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
    """Integrates a batch of states with a fixed step.

    Approximates the flow of ds/dt = f(s), s = (q, p), by repeating `integrator.step`; the global error is
    O(step_size ** integrator.order). The energy error stays bounded only if the integrator is symplectic for
    this Hamiltonian. Called eagerly it runs compiled, traced once for each field, integrator and state shape
    (not for each step count); inside a `tf.function` it becomes part of that graph.

    Gradients, to the initial state, the step size and all that the field depends on, are those of the numerical
    solution.

    Shape key: `...` batch, n = dof, T = num_steps + 1.

    Args:
      vector_field: Callable, state `[..., 2n]` -> time derivative `[..., 2n]`: a system, a model, a function.
        A model is called in its own precision. Its compiled form is kept, so later changes of its attributes (other
        than its variables) are not seen.
      initial_state: Float tensor `[..., 2n]`, concat(q, p), in the system's units.
      step_size: Scalar in the system's time unit; negative runs backwards.
      num_steps: Integer scalar >= 0.
      integrator: A name or an `hnn_tf.integrators.Integrator`.
      compensated: Compensated summation of the state: in float32, round-off of long runs then grows with the time, not
        with the number of steps.
      checkpointing: Let gradients store states only, and take each step again on the way back. Without, they store
        every intermediate of every step, and the graph has no custom gradient, which an export can do without.
      jit_compile: Compile by XLA, which takes a second or more for each new shape of the states (not for each step
        count) and pays for long or repeated rollouts. Inside a graph, compile that: `tf.function(jit_compile=True)`,
        in which the count should be a Python number.

    Returns:
      Trajectory `[..., T, 2n]`, in the model's precision or that of `initial_state`; index 0 is `initial_state`.

    Raises:
      ValueError: If the last axis is odd or unknown, the state isn't of floating-point numbers, `num_steps` is
        negative, a scalar isn't one, or the integrator refuses the field (see `Integrator.check`).
      TypeError: If the field isn't hashable.
      NotSolvedError: If an implicit or adaptive integrator finds no solution for a finite state; inside a graph, the
        states concerned are NaN instead.

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
    """Integrates a batch of states to chosen times, irregular ones too.

    `initial_state` is the state at `times[..., 0]`. Between two output times the integrator takes equal steps:
    `substeps` of them, or as few as keep every step of the batch at or below `max_step_size`. A batch member whose
    interval isn't finite, or would take more than ten million such steps, is NaN from there on; the others are not
    touched.

    Only the states at the output times are stored; with checkpointing, gradients store some sqrt(S) more for S steps
    in an interval.

    Shape key: `...` batch, n = dof, T = number of times.

    Args:
      vector_field: Callable, state `[..., 2n]` -> time derivative `[..., 2n]`.
      initial_state: Float tensor `[..., 2n]`.
      times: Float tensor `[T]`, or `[..., T]` with own times for each batch member; decreasing runs backwards.
      max_step_size: Scalar > 0. Exactly one of `max_step_size` and `substeps` is given.
      substeps: Integer scalar >= 1, the steps between two output times.
      integrator: A name or an `hnn_tf.integrators.Integrator`. An adaptive one needs one substep only.
      compensated: As of `rollout`.
      checkpointing: As of `rollout`.
      jit_compile: As of `rollout`.
      max_steps: For servers, the most steps that the call takes in all, an integer from 1 to ten million; members that
        would need more are NaN beyond, as `hnn_tf.rollouts.step_limit.LimitedTimes` says. Times that repeat take no
        step then, and have no gradient.

    Returns:
      Trajectory `[..., T, 2n]`, precision as `rollout`; index 0 is `initial_state`. Empty times give an empty
      trajectory.

    Raises:
      ValueError: As `rollout`; or not exactly one of `max_step_size` and `substeps` is given, or isn't positive; or
        `max_steps` isn't such a number.
      TypeError: As `rollout`.
      NotSolvedError: As `rollout`.
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
    # T = 0: without the initial state.
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
        # A member whose times can't be reached is the plan's to mark.
        reachable = tf.reduce_all(tf.math.is_finite(plan(*arguments)[0]), 0)
        lost = finite[..., 0] & ~finite[..., -1] & (reachable[..., 0] if reachable.shape.rank else reachable)
        if tf.reduce_any(lost):
            steps = tf.boolean_mask(tf.argmin(tf.cast(finite, tf.int32), -1), lost)
            raise NotSolvedError(
                f"integrator {stepper.integrator.name!r}: found no solution for {steps.shape[0]} of {tf.size(lost)} "
                f"states, first between outputs {tf.reduce_min(steps) - 1} and {tf.reduce_min(steps)}; take smaller "
                "steps or a looser tolerance (inside a tf.function those states are NaN, and the others stay)"
            )
    return trajectory


# Plans: step sizes, with the time first; steps of each interval, or None for one each; the largest of these.


def _fixed_steps(step_size: tf.Tensor, num_steps: tf.Tensor) -> tuple:
    return tf.fill([num_steps], step_size), None, None


def _steps_at_most(times: tf.Tensor, max_step_size: tf.Tensor) -> tuple:
    intervals = _intervals(times)
    # Written so that NaN is unusable, too.
    usable = tf.abs(intervals) <= max_step_size * MOST_STEPS
    lengths = tf.where(usable, tf.abs(intervals), tf.zeros_like(intervals))
    widest = tf.reduce_max(lengths, axis=list(range(1, lengths.shape.rank)))
    counts = tf.cast(_least_steps(widest, max_step_size), tf.int32)
    intervals = tf.where(usable, intervals, tf.constant(float("nan"), intervals.dtype))
    return _step_sizes(intervals, counts), counts, tf.maximum(tf.reduce_max(counts), 1)


def _least_steps(lengths: tf.Tensor, max_step_size: tf.Tensor) -> tf.Tensor:
    # The small allowance keeps round-off in the times from adding a step to an interval that fits exactly.
    return tf.maximum(tf.math.ceil(lengths / max_step_size * (1.0 - 1e-6)), 1.0)


def _substeps(times: tf.Tensor, substeps: tf.Tensor) -> tuple:
    intervals = _intervals(times)
    counts = tf.fill([tf.shape(intervals)[0]], substeps)
    known = tf.get_static_value(substeps)
    return _step_sizes(intervals, counts), counts, substeps if known is None else int(known)


def _intervals(times: tf.Tensor) -> tf.Tensor:
    """Differences of times `[..., T]`, the time axis first."""
    intervals = times[..., 1:] - times[..., :-1]
    rank = intervals.shape.rank
    return tf.transpose(intervals, [rank - 1, *range(rank - 1)])


def _step_sizes(intervals: tf.Tensor, counts: tf.Tensor) -> tf.Tensor:
    step_sizes = intervals / tf.reshape(tf.cast(counts, intervals.dtype), [-1, *[1] * (intervals.shape.rank - 1)])
    # Own ones for each batch member stand beside its coordinates.
    return step_sizes[..., tf.newaxis] if step_sizes.shape.rank > 1 else step_sizes
