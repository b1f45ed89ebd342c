"""Trajectories: a vector field, true or learned, repeated through an integrator."""

import functools
from collections.abc import Callable

import tensorflow as tf

from hnn_tf import integrators, phase_space, scalars
from hnn_tf.typing import State, VectorField

_MOST_STEPS = 10_000_000
"""Between two output times: what takes more is a mistake, which would occupy a server for hours."""


def rollout(
    vector_field: VectorField,
    initial_state: State,
    *,
    step_size: float | tf.Tensor,
    num_steps: int | tf.Tensor,
    integrator: str | integrators.Integrator = "rk4",
) -> tf.Tensor:
    """Integrates a batch of states forward with a fixed step.

    Approximates the flow of ds/dt = f(s), s = (q, p), by repeating `integrator.step`; the global error is
    O(step_size ** integrator.order). The energy error stays bounded only if the integrator is symplectic for
    this Hamiltonian. Called eagerly it runs compiled, traced once for each field, integrator and state shape
    (not for each step count); inside a `tf.function` it becomes part of that graph.

    Shape key: `...` batch, n = dof, T = num_steps + 1.

    Args:
      vector_field: Callable, state `[..., 2n]` -> time derivative `[..., 2n]`: a system, a model, a function.
        A model is called in its own precision. Its compiled form is kept, so later changes of its attributes (other
        than its variables) are not seen.
      initial_state: Float tensor `[..., 2n]`, concat(q, p), in the system's units.
      step_size: Scalar in the system's time unit; negative runs backwards.
      num_steps: Integer scalar >= 0.
      integrator: A name or an `hnn_tf.integrators.Integrator`.

    Returns:
      Trajectory `[..., T, 2n]`, in the model's precision or that of `initial_state`; index 0 is `initial_state`.

    Raises:
      ValueError: If the last axis is odd or unknown, the state isn't of floating-point numbers, `num_steps` is
        negative, a scalar isn't one, or the integrator needs a separable Hamiltonian and this one isn't.
      TypeError: If the field isn't hashable.

    References:
      Hairer, Lubich, Wanner. Geometric Numerical Integration, 2nd ed., 2006, ch. VI.
    """
    state, method = _checked(vector_field, initial_state, integrator)
    args = (
        state,
        scalars.number("step_size", step_size, state.dtype),
        scalars.count("num_steps", num_steps, least=0),
    )
    return _run(_fixed_step, vector_field, method, args)


def rollout_at_times(
    vector_field: VectorField,
    initial_state: State,
    times: tf.Tensor,
    *,
    max_step_size: float | tf.Tensor | None = None,
    substeps: int | tf.Tensor | None = None,
    integrator: str | integrators.Integrator = "rk4",
) -> tf.Tensor:
    """Integrates a batch of states to chosen times, irregular ones too.

    `initial_state` is the state at `times[..., 0]`. Between two output times the integrator takes equal steps:
    `substeps` of them, or as few as keep every step of the batch at or below `max_step_size`. A batch member whose
    interval isn't finite, or would take more than ten million such steps, is NaN from there on; the others are not
    touched.

    Shape key: `...` batch, n = dof, T = number of times.

    Args:
      vector_field: Callable, state `[..., 2n]` -> time derivative `[..., 2n]`.
      initial_state: Float tensor `[..., 2n]`.
      times: Float tensor `[T]`, or `[..., T]` with own times for each batch member; decreasing runs backwards.
      max_step_size: Scalar > 0. Exactly one of `max_step_size` and `substeps` is given.
      substeps: Integer scalar >= 1, the steps between two output times.
      integrator: A name or an `hnn_tf.integrators.Integrator`.

    Returns:
      Trajectory `[..., T, 2n]`, precision as `rollout`; index 0 is `initial_state`. Empty times give an empty
      trajectory.

    Raises:
      ValueError: As `rollout`; or not exactly one of `max_step_size` and `substeps` is given, or isn't positive.
    """
    state, method = _checked(vector_field, initial_state, integrator)
    if (max_step_size is None) == (substeps is None):
        raise ValueError("rollout_at_times: expected exactly one of max_step_size and substeps")
    times = scalars.cast(times, state.dtype)
    if substeps is None:
        size = scalars.number("max_step_size", max_step_size, state.dtype, positive=True)
        return _run(_to_times, vector_field, method, (state, times, size))
    return _run(_to_times_substeps, vector_field, method, (state, times, scalars.count("substeps", substeps, least=1)))


def _checked(
    vector_field: VectorField, initial_state: State, integrator: str | integrators.Integrator
) -> tuple[tf.Tensor, integrators.Integrator]:
    method = integrators.get(integrator)
    method.check(vector_field)
    dtype = getattr(vector_field, "compute_dtype", None)
    state = scalars.cast(initial_state, tf.as_dtype(dtype)) if dtype else tf.convert_to_tensor(initial_state)
    phase_space.dof(state)
    if not state.dtype.is_floating:
        raise ValueError(f"initial_state: expected floating-point numbers; received {state.dtype.name}")
    return state, method


def _run(kernel: Callable, vector_field: VectorField, method: integrators.Integrator, args: tuple) -> tf.Tensor:
    if tf.executing_eagerly():
        try:
            hash(vector_field)
        except TypeError as error:
            raise TypeError(
                f"vector_field: expected a hashable one, because its compiled form is kept; "
                f"{type(vector_field).__name__} isn't; a dataclass is with frozen=True"
            ) from error
        return _compiled(kernel, vector_field, method)(*args)
    return kernel(functools.partial(_derivative, vector_field), method, *args)


@functools.lru_cache(maxsize=64)
def _compiled(kernel: Callable, vector_field: VectorField, method: integrators.Integrator) -> Callable:
    return tf.function(functools.partial(kernel, functools.partial(_derivative, vector_field), method), autograph=False)


def _derivative(vector_field: VectorField, state: State) -> tf.Tensor:
    derivative = vector_field(state)
    # An energy `[...]`, say, could broadcast to `[..., 2n]`.
    if derivative.shape.rank != state.shape.rank or not derivative.shape.is_compatible_with(state.shape):
        raise ValueError(
            f"vector_field: expected a time derivative of shape {state.shape}, the state's; received "
            f"{derivative.shape}; a Hamiltonian's is lambda state: symplectic_gradient(hamiltonian, state)"
        )
    return derivative


def _fixed_step(
    vector_field: VectorField, method: integrators.Integrator, state: State, step_size: tf.Tensor, num_steps: tf.Tensor
) -> tf.Tensor:
    return _record(state, num_steps, lambda s, _: method.step(vector_field, s, step_size))


def _to_times(
    vector_field: VectorField, method: integrators.Integrator, state: State, times: tf.Tensor, max_step_size: tf.Tensor
) -> tf.Tensor:
    intervals = times[..., 1:] - times[..., :-1]
    # Written so that NaN is unusable, too.
    usable = tf.abs(intervals) <= max_step_size * _MOST_STEPS
    lengths = tf.where(usable, tf.abs(intervals), tf.zeros_like(intervals))
    widest = tf.reduce_max(lengths, axis=list(range(times.shape.rank - 1)))
    # The small allowance keeps round-off in the times from adding a step to an interval that fits exactly.
    counts = tf.cast(tf.math.ceil(widest / max_step_size * (1.0 - 1e-6)), tf.int32)
    intervals = tf.where(usable, intervals, tf.constant(float("nan"), intervals.dtype))
    return _through(vector_field, method, state, intervals, tf.maximum(counts, 1), tf.shape(times)[-1])


def _to_times_substeps(
    vector_field: VectorField, method: integrators.Integrator, state: State, times: tf.Tensor, substeps: tf.Tensor
) -> tf.Tensor:
    intervals = times[..., 1:] - times[..., :-1]
    counts = tf.fill([tf.shape(intervals)[-1]], substeps)
    return _through(vector_field, method, state, intervals, counts, tf.shape(times)[-1])


def _through(
    vector_field: VectorField,
    method: integrators.Integrator,
    state: State,
    intervals: tf.Tensor,
    counts: tf.Tensor,
    num_times: tf.Tensor,
) -> tf.Tensor:
    num_steps = tf.shape(intervals)[-1]
    # One interval of no length more, for the advance that `_record` takes even when there is nothing to do.
    intervals = tf.concat([intervals, tf.zeros([*tf.unstack(tf.shape(intervals)[:-1]), 1], intervals.dtype)], axis=-1)
    counts = tf.concat([counts, [1]], axis=0)

    def advance(s: State, i: tf.Tensor) -> State:
        step_size = intervals[..., i, tf.newaxis] / tf.cast(counts[i], s.dtype)
        return tf.while_loop(
            lambda k, _: k < counts[i],
            lambda k, s: (k + 1, method.step(vector_field, s, step_size)),
            (tf.constant(0), s),
            shape_invariants=(tf.TensorShape([]), state.shape),
        )[1]

    # T = 0: without the initial state.
    return _record(state, num_steps, advance)[..., :num_times, :]


def _record(state: State, num_steps: tf.Tensor, advance: Callable[[State, tf.Tensor], State]) -> tf.Tensor:
    """Stacks the initial state and `num_steps` advances of it: `[..., num_steps + 1, 2n]`."""
    # At least one advance, cut away again: an empty array can't be stacked when the batch size isn't known.
    count = tf.maximum(num_steps, 1)
    states = tf.TensorArray(state.dtype, size=count, element_shape=state.shape)

    def body(i: tf.Tensor, s: State, states: tf.TensorArray) -> tuple:
        s = advance(s, i)
        return i + 1, s, states.write(i, s)

    # Written at the loop counter, the initial state joined outside: the form that graph converters understand.
    states = tf.while_loop(
        lambda i, *_: i < count,
        body,
        (tf.constant(0), state, states),
        shape_invariants=(tf.TensorShape([]), state.shape, tf.TensorShape(None)),
    )[2]
    trajectory = tf.concat([state[tf.newaxis], states.stack()], axis=0)
    rank = state.shape.rank
    return tf.transpose(trajectory[: num_steps + 1], [*range(1, rank), 0, rank])
