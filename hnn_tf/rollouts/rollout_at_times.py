"""Rollouts to chosen times, which may be irregular."""

import tensorflow as tf

from hnn_tf.input_interpolation import InputInterpolation
from hnn_tf.integrators import Integrator
from hnn_tf.numerics import scalars
from hnn_tf.rollouts.compiled_rollout import Plan
from hnn_tf.rollouts.given_inputs import DrivenPlan, GivenInputs, Inputs, given_inputs, times_of_every_member
from hnn_tf.rollouts.solution import checked_start, solved_rollout
from hnn_tf.rollouts.step_limit import MOST_STEPS, LimitedTimes
from hnn_tf.rollouts.stepper import Stepper
from hnn_tf.typing import State, VectorField


def rollout_at_times(
    vector_field: VectorField,
    initial_state: State,
    times: tf.Tensor,
    *,
    max_step_size: float | tf.Tensor | None = None,
    substeps: int | tf.Tensor | None = None,
    inputs: Inputs | None = None,
    input_interpolation: InputInterpolation = "zero_order_hold",
    parameters: tf.Tensor | None = None,
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

    Shape key: `...` batch, n = dof, m = number of inputs, k = number of parameters, T = number of times.

    Args:
      vector_field: A callable from a state `[..., 2n]` to its time derivative `[..., 2n]`.
      initial_state: Float tensor `[..., 2n]`.
      times: Float tensor `[T]`, or `[..., T]` with separate times for each batch member; decreasing times run
        backwards.
      max_step_size: A scalar > 0. Exactly one of `max_step_size` and `substeps` must be given.
      substeps: The number of steps between two output times, an integer scalar >= 1.
      inputs: u(t) of a motion with inputs: samples at the output times, `[T, m]` or `[..., T, m]`, or a function from
        times `[..., 1]` to inputs `[..., m]`. See `rollout`.
      input_interpolation: See `rollout`.
      parameters: Theta of a motion with parameters, `[k]` or `[..., k]`. See `rollout`.
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
    state, method = checked_start(vector_field, initial_state, integrator)
    if (max_step_size is None) == (substeps is None):
        received = "neither" if substeps is None else "both"
        raise ValueError(f"rollout_at_times: expected exactly one of max_step_size and substeps; received {received}")
    times = scalars.cast(times, state.dtype)
    _check_times(times, state)
    given = given_inputs(
        vector_field,
        inputs,
        input_interpolation,
        parameters,
        state=state,
        num_times=times.shape[-1],
        integrator=method,
    )
    if given is None:
        form, num_parameters = None, 0
    else:
        form, num_parameters = given.form, given.num_parameters
        times = times_of_every_member(times, state)
    if substeps is None:
        steps = scalars.number("max_step_size", max_step_size, state.dtype, positive=True)
    else:
        steps = scalars.count("substeps", substeps, least=1)
    plan = _steps_at_most if substeps is None else _substeps
    if max_steps is None:
        stepper = Stepper(vector_field, method, compensated, checkpointing, inputs=form, num_parameters=num_parameters)
        return _at_times(stepper, plan, state, times, given, steps, jit_compile)
    if not (1 <= max_steps <= MOST_STEPS and max_steps == int(max_steps)):
        raise ValueError(f"max_steps: expected an integer from 1 to {MOST_STEPS}; received {max_steps}")
    if compensated and method.may_fail:
        raise ValueError(f"max_steps: expected compensated=False with integrator {method.name!r}; received both")
    dtype, most_repeats = state.dtype, int(max_steps) if method.may_fail else None
    stepper = Stepper(vector_field, method, compensated, checkpointing, most_repeats, form, num_parameters)

    def steps_of(lengths: tf.Tensor) -> tf.Tensor:
        return _least_steps(lengths, steps) if substeps is None else tf.fill(tf.shape(lengths), tf.cast(steps, dtype))

    limited = LimitedTimes(times, steps_of, int(max_steps))
    given = None if given is None else given.at_limited_times(limited)
    return limited.at_all_times(_at_times(stepper, plan, state, limited.times, given, steps, jit_compile))


def _at_times(
    stepper: Stepper,
    plan: Plan,
    state: State,
    times: tf.Tensor,
    given: GivenInputs | None,
    steps: tf.Tensor,
    jit_compile: bool,
) -> tf.Tensor:
    arguments: tuple[tf.Tensor, ...] = (times, steps)
    if given is not None:
        plan, arguments = DrivenPlan(plan), (times, steps, given.numbers(times))
    # For T = 0, the trajectory does not contain the initial state either.
    return solved_rollout(stepper, plan, state, arguments, jit_compile)[..., : tf.shape(times)[-1], :]


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


# Each plan returns the step sizes, with the time axis first; the number of steps of each interval, or None for one step
# each; and the largest of these numbers.


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
