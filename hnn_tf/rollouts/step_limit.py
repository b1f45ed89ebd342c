"""A limit for the number of steps of a call, for servers. Repeated times take no step."""

from collections.abc import Callable

import tensorflow as tf

from hnn_tf.typing import State

MOST_STEPS = 10_000_000
"""The largest possible limit, and the limit between two output times if no other limit is given.

The whole numbers of float32 end at 16 777 216.
"""

StepsOf = Callable[[tf.Tensor], tf.Tensor]
"""A function from the lengths > 0 of intervals to their whole numbers of steps, >= 1."""


class LimitedTimes:
    """Times without repeated and unreachable ones. `at_all_times` expands a trajectory at these times to all times.

    The steps of a member are counted from its first time on. A member is NaN from the time on at which its number of
    steps exceeds its share; a time that is not finite is never reached. The share is `max_steps`. The members of a call
    advance together: all take as many steps through an interval as the member with the most steps. If the sum of these
    steps is more than `max_steps`, the share is halved until the sum fits, so that the members that need the most steps
    become NaN first. The share is never less than `max_steps` divided by the number of members.

    Shape key: `...` batch, T = number of times, K = number of times at which some member moves, including the first
    time.

    Args:
      times: All times, `[..., T]`.
      steps_of: A function that returns the number of steps of each interval.
      max_steps: The limit, an integer from 1 to `MOST_STEPS`.

    Attributes:
      times: The times at which some member moves, `[..., K]`. A member that goes no further stays at the last time that
        it reaches.
    """

    def __init__(self, times: tf.Tensor, steps_of: StepsOf, max_steps: int) -> None:
        # The axis is not written as -1, because TensorFlow.js (in `cumsum`) and tf2onnx (in `gather`) take -1 for
        # another axis.
        last, num_times = times.shape.rank - 1, tf.shape(times)[-1]
        lengths, batch = tf.abs(times[..., 1:] - times[..., :-1]), list(range(last))
        limit, zero = tf.constant(float(max_steps)), tf.constant(0.0)
        # The comparison is false for NaN, so NaN also takes more steps than the limit.
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
        # The indices are sorted, with the unused ones last, because `tf.where` of a mask gives int64, which
        # TensorFlow.js does not have.
        index = tf.sort(tf.where(moving, 1 + tf.range(tf.shape(lengths)[-1]), num_times))
        moves = index[: tf.reduce_sum(tf.cast(moving, tf.int32))]
        # The times are gathered, because ONNX computes `tf.where` as a sum of products with 0 and 1, in which any NaN
        # gives NaN.
        self._moves = moves = tf.minimum(moves, num_reached)
        self.times = tf.concat([times[..., :1], tf.gather(times, moves, axis=last, batch_dims=last)], -1)

    def of_intervals(self, values: tf.Tensor) -> tf.Tensor:
        """Returns the values of the intervals between `times`, `[..., K - 1, d]`.

        Args:
          values: The values of the intervals between all times, `[..., T - 1, d]`. Where a member does not move, its
            value is that of any interval.
        """
        batch = values.shape.rank - 2
        return tf.gather(values, tf.maximum(self._moves - 1, 0), axis=batch, batch_dims=batch)

    def at_all_times(self, trajectory: State) -> State:
        """Expands a trajectory `[..., K, 2n]` at `times` to all times, `[..., T, 2n]`.

        The trajectory is NaN at times that a member does not reach.
        """
        states = tf.gather(trajectory, self._positions, axis=trajectory.shape.rank - 2)
        return tf.where(self._lost[..., tf.newaxis], tf.constant(float("nan"), states.dtype), states)
