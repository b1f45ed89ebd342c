"""Multiple shooting: trajectories rolled out in segments, each from an initial state of its own."""

import numpy as np
import tensorflow as tf

from hnn_tf.data.segments import Segments
from hnn_tf.integrators import Integrator
from hnn_tf.numerics.repeated_steps import repeated_steps
from hnn_tf.rollouts.stepper import Stepper
from hnn_tf.typing import State, VectorField


def since_first(times: np.ndarray) -> np.ndarray:
    """Times `[..., T]` from each row's first, float64: of seconds since 1970, float32 has only every 128th."""
    times = np.asarray(times, np.float64)
    return times - times[..., :1]


def roll_out(
    vector_field: VectorField,
    initial_states: State,
    times: tf.Tensor,
    *,
    integrator: Integrator,
    substeps: int = 1,
    reached: tf.Tensor | None = None,
) -> tf.Tensor:
    """States at all observations of all segments.

    Args:
      vector_field: State `[..., 2n]` -> time derivative.
      initial_states: `[B, W, 2n]`, of the segments.
      times: `[B, T]`.
      integrator: Takes the steps; its gradient is that of the numerical solution.
      substeps: Steps within each interval.
      reached: Of each observation in a segment `[L + 1]`, 1, or 0 where the rollout is to stay at the state before.

    Returns:
      `[B, W, L + 1, 2n]`, at the observations of `Segments.indices`.
    """
    segments = Segments(times.shape[-1], initial_states.shape[1])
    step_sizes = np.diff(segments.indices) > 0
    at_observations = tf.gather(times, segments.indices, axis=1)  # [B, W, L + 1]
    intervals = (at_observations[..., 1:] - at_observations[..., :-1]) * tf.constant(step_sizes, times.dtype)
    if reached is not None:
        intervals *= reached[1:]
    length, width = intervals.shape[-1], initial_states.shape[-1]
    # Flat, [B W, 2n]: a product of three axes with a matrix would be one small product for each of the first.
    intervals = tf.reshape(intervals, [-1, length, 1]) / substeps
    start = tf.reshape(initial_states, [-1, width])
    stepper = Stepper(vector_field, integrator)
    step_sizes = tf.repeat(tf.transpose(intervals, [1, 0, 2]), substeps, axis=0)
    carries = repeated_steps(stepper.step, stepper.start(start), step_sizes)
    states = tf.concat([start[tf.newaxis], stepper.state(carries[substeps - 1 :: substeps])], 0)
    return tf.reshape(tf.transpose(states, [1, 0, 2]), [-1, *segments.indices.shape, width])
