"""A limit of all the steps of a call, for servers; and no step at all between times that repeat."""

from collections.abc import Callable

import tensorflow as tf

from hnn_tf.typing import State

MOST_STEPS = 10_000_000
"""Of a limit, and between two output times without one; whole numbers in float32 end at 16 777 216."""

StepsOf = Callable[[tf.Tensor], tf.Tensor]
"""Lengths of intervals, > 0 -> whole numbers of steps, >= 1."""


class LimitedTimes:
    """Times without those that repeat and those that can't be reached, and the way back to all of them.

    A member's steps are counted from its first time on. It is NaN from the time on at which their number passes its
    share, which is never for a time that isn't finite. The share is `max_steps`. The members of a call go together,
    through each interval by as many steps as the one with the most; where all these would be more than `max_steps`, the
    share is halved until they aren't, so that those which ask for the most are NaN first. It is never less than
    `max_steps` divided by the number of members.

    Shape key: `...` batch, T = number of times, K = number of times at which some member moves, the first among them.

    Args:
      times: `[..., T]`.
      steps_of: The steps that an interval takes.
      max_steps: The limit, an integer from 1 to `MOST_STEPS`.

    Attributes:
      times: `[..., K]`; a member that goes no further stays at the last time that it reaches.
    """

    def __init__(self, times: tf.Tensor, steps_of: StepsOf, max_steps: int) -> None:
        # Not -1: TensorFlow.js takes that of `cumsum`, and tf2onnx that of `gather`, for another axis.
        last, num_times = times.shape.rank - 1, tf.shape(times)[-1]
        lengths, batch = tf.abs(times[..., 1:] - times[..., :-1]), list(range(last))
        limit, zero = tf.constant(float(max_steps)), tf.constant(0.0)
        # Written so that NaN takes more than the limit, too.
        counts = tf.where(lengths < float("inf"), steps_of(lengths), tf.constant(float("inf"), lengths.dtype))
        counts = tf.where(lengths == 0, zero, tf.minimum(tf.cast(counts, tf.float32), limit + 1))
        totals = tf.cumsum(counts, last)

        def steps_of_call(share: tf.Tensor) -> tf.Tensor:
            reached = tf.where(totals <= share, counts, zero)
            return tf.reduce_sum(tf.reduce_max(reached, batch))

        members = tf.cast(tf.maximum(tf.reduce_prod(tf.shape(times)[:-1]), 1), tf.float32)
        share = tf.while_loop(
            lambda share: steps_of_call(share) > limit,
            lambda share: (tf.maximum(tf.floor(share / 2), tf.floor(limit / members)),),
            (limit,),
        )[0]
        reached = totals <= share
        self._lost = tf.concat([tf.fill(tf.shape(times[..., :1]), False), ~reached], -1)
        moving = tf.reduce_any(reached & (counts > 0), batch)
        self._positions = tf.concat([[0], tf.cumsum(tf.cast(moving, tf.int32))], 0)[:num_times]
        num_reached = tf.reduce_sum(tf.cast(reached, tf.int32), last, keepdims=True)
        # Sorted, with the others last: `tf.where` of a mask gives int64, which TensorFlow.js lacks.
        index = tf.sort(tf.where(moving, 1 + tf.range(tf.shape(lengths)[-1]), num_times))
        moves = index[: tf.reduce_sum(tf.cast(moving, tf.int32))]
        # Gathered: `tf.where` between times would be, in ONNX, a sum of products with 0 and 1, so NaN for any NaN.
        moves = tf.minimum(moves, num_reached)
        self.times = tf.concat([times[..., :1], tf.gather(times, moves, axis=last, batch_dims=last)], -1)

    def at_all_times(self, trajectory: State) -> State:
        """The trajectory `[..., T, 2n]` of one `[..., K, 2n]` at `times`; NaN where a member doesn't come."""
        states = tf.gather(trajectory, self._positions, axis=trajectory.shape.rank - 2)
        return tf.where(self._lost[..., tf.newaxis], tf.constant(float("nan"), states.dtype), states)
