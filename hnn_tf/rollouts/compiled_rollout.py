"""Rollouts as compiled functions, which are kept for later calls."""

import functools
import math
from collections.abc import Callable

import tensorflow as tf

from hnn_tf.numerics.repeated_steps import repeated_steps
from hnn_tf.rollouts.stepper import Stepper
from hnn_tf.typing import State

Plan = Callable[..., tuple[tf.Tensor, tf.Tensor | None, int | tf.Tensor | None]]
"""A function from tensors to the steps of a rollout.

A plan returns three values: the step sizes `[T]` or `[T, ..., 1]`; the number of steps of each interval `[T]`, or None
if each interval is one step; and the largest of these numbers.
"""

_CHUNK = 1024
_CHUNK_ELEMENTS = 2**22
"""The number of elements of a chunk's buffer, which is 16 MB in float32."""


def planned_rollout(stepper: Stepper, plan: Plan, state: State, arguments: tuple, *, jit_compile: bool) -> tf.Tensor:
    """Returns the trajectory `[..., T + 1, 2n]` through the intervals that `plan(*arguments)` gives.

    An eager call compiles a function and keeps it. A call inside a graph makes the rollout a part of that graph.

    Raises:
      ValueError: If `jit_compile` is set where it is not possible.
      TypeError: If the stepper is not hashable.
    """
    if jit_compile and not stepper.checkpointing:
        raise ValueError("jit_compile: expected checkpointing=True, because XLA has no gradient of a rollout's loops")
    if not tf.executing_eagerly():
        if jit_compile:
            raise ValueError(
                "jit_compile: expected False inside a graph; compile the graph instead: tf.function(jit_compile=True)"
            )
        return _whole(stepper, plan, state, *arguments)
    try:
        hash(stepper)
    except TypeError as error:
        raise TypeError(
            "vector_field: expected a hashable vector field, because the compiled form is kept; received "
            f"{type(stepper.vector_field).__name__}; give a dataclass frozen=True"
        ) from error
    if jit_compile:
        return _in_chunks(stepper, state, *plan(*arguments))
    return _compiled(stepper, plan)(state, *arguments)


@functools.lru_cache(maxsize=64)
def _compiled(stepper: Stepper, plan: Plan) -> Callable:
    return tf.function(functools.partial(_whole, stepper, plan), autograph=False)


def _whole(stepper: Stepper, plan: Plan, state: State, *arguments: tf.Tensor) -> tf.Tensor:
    step_sizes, counts, most = plan(*arguments)
    num = tf.shape(step_sizes)[0]
    if not step_sizes.shape[0]:
        # There is at least one interval, which is cut away afterwards, because an empty array cannot be stacked when
        # the batch size is unknown.
        least_one = tf.maximum(num, 1)
        step_sizes = tf.concat([step_sizes, tf.zeros([1, *tf.unstack(tf.shape(step_sizes)[1:])], state.dtype)], 0)
        step_sizes = step_sizes[:least_one]
        counts = counts if counts is None else tf.concat([counts, [1]], 0)[:least_one]
    carry = stepper.start(state)
    carries = repeated_steps(
        stepper.step, carry, step_sizes, counts=counts, most=most, checkpointing=stepper.checkpointing
    )
    return _trajectory(stepper, [carry[tf.newaxis], carries[:num]])


def _trajectory(stepper: Stepper, carries: list[tf.Tensor]) -> tf.Tensor:
    states = stepper.state(tf.concat(carries, 0))
    rank = states.shape.rank
    return tf.transpose(states, [*range(1, rank - 1), 0, rank - 1])


def _in_chunks(
    stepper: Stepper, state: State, step_sizes: tf.Tensor, counts: tf.Tensor | None, most: int | tf.Tensor | None
) -> tf.Tensor:
    # XLA compiles again for each shape of its results. For this reason, all chunks have one shape, and the last chunk
    # is filled in part.
    carry = stepper.start(state)
    size = max(1, min(_CHUNK, _CHUNK_ELEMENTS // max(1, math.prod(carry.shape))))
    size = 2 ** (size.bit_length() - 1)
    # The bound of the steps in an interval must also be fixed. Bounds that are powers of two need only a few programs.
    chunk = _compiled_chunk(stepper, None if most is None else 2 ** (int(most) - 1).bit_length())
    carries = [carry[tf.newaxis]]
    for first in range(0, step_sizes.shape[0], size):
        num = min(size, step_sizes.shape[0] - first)
        sizes = _filled_up(step_sizes[first : first + num], size)
        few = (_filled_up(counts[first : first + num], size),) if counts is not None else ()
        chunk_carries = chunk(carries[-1][-1], sizes, tf.constant(num), *few)
        carries.append(chunk_carries[:num])
    return _trajectory(stepper, carries)


@functools.lru_cache(maxsize=64)
def _compiled_chunk(stepper: Stepper, most: int | None) -> Callable:
    def chunk(carry: tf.Tensor, step_sizes: tf.Tensor, num: tf.Tensor, counts: tf.Tensor | None = None) -> tf.Tensor:
        return repeated_steps(
            stepper.step,
            carry,
            step_sizes,
            num=num,
            counts=counts,
            most=most,
            checkpointing=stepper.checkpointing,
        )

    return tf.function(chunk, jit_compile=True, autograph=False)


def _filled_up(values: tf.Tensor, size: int) -> tf.Tensor:
    return tf.pad(values, [[0, size - values.shape[0]], *[[0, 0]] * (values.shape.rank - 1)])
