"""Multiple shooting: rollouts of trajectories in segments, each from its own initial state."""

import numpy as np
import tensorflow as tf

from hnn_tf.data.segments import Segments
from hnn_tf.integrators import Integrator
from hnn_tf.numerics.repeated_steps import repeated_steps
from hnn_tf.objectives.driven_motion import of_readings
from hnn_tf.rollouts.step_inputs import SampledInputs
from hnn_tf.rollouts.stepper import Stepper
from hnn_tf.typing import State, VectorField


def since_first(times: np.ndarray) -> np.ndarray:
    """Returns times `[..., T]` relative to each row's first time, in float64.

    For example, float32 can represent only every 128th second of the times in seconds since 1970.
    """
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
    inputs: tuple[tf.Tensor, tf.Tensor] | None = None,
    parameters: tf.Tensor | None = None,
) -> tf.Tensor:
    """Returns the states at all observations of all segments.

    Args:
      vector_field: A callable from a state `[..., 2n]` to its time derivative. With inputs, it is called as
        `vector_field(state, inputs=u)`, and with parameters as `vector_field(state, parameters=theta)`.
      initial_states: The initial states of the segments, `[B, W, 2n]`.
      times: The times of the observations, `[B, T]`.
      integrator: The integrator that takes the steps; the gradient is that of the numerical solution.
      substeps: The number of steps within each interval.
      reached: For each observation of a segment, 1 if the rollout goes on to this observation, and 0 if it stays at the
        state before, `[L + 1]`. By default, the rollout goes on to all observations.
      inputs: The inputs at the beginning and at the end of the interval after each observation, `[B, T, m]` each,
        between which they change linearly. The last ones are not used. By default, there are no inputs.
      parameters: The parameters of each trajectory, `[B, k]`. By default, there are no parameters.

    Returns:
      The states `[B, W, L + 1, 2n]`, at the observations of `Segments.indices`.
    """
    segments = Segments(times.shape[-1], initial_states.shape[1])
    step_sizes = np.diff(segments.indices) > 0
    at_observations = tf.gather(times, segments.indices, axis=1)  # [B, W, L + 1]
    intervals = (at_observations[..., 1:] - at_observations[..., :-1]) * tf.constant(step_sizes, times.dtype)
    if reached is not None:
        intervals *= reached[1:]
    length, width = intervals.shape[-1], initial_states.shape[-1]
    # The states are flat, [B W, 2n], because a product of three axes with a matrix would be many small products, one
    # for each element of the first axis.
    steps = tf.reshape(intervals, [-1, length, 1]) / substeps
    if inputs is not None:
        starts, ends = (tf.gather(values, segments.indices[:, :-1], axis=1) for values in inputs)
        since_start = tf.concat([tf.zeros_like(intervals[..., :1]), tf.cumsum(intervals, 2)], -1)
        numbers = SampledInputs.numbers(since_start, starts, ends)
        steps = tf.concat([steps, tf.reshape(numbers, [-1, length, numbers.shape[-1]])], -1)
    if parameters is not None:
        constants = of_readings(parameters, intervals[..., tf.newaxis])
        steps = tf.concat([steps, tf.reshape(constants, [-1, length, parameters.shape[-1]])], -1)
    start = tf.reshape(initial_states, [-1, width])
    stepper = Stepper(
        vector_field,
        integrator,
        inputs=None if inputs is None else SampledInputs(),
        num_parameters=0 if parameters is None else parameters.shape[-1],
    )
    step_sizes = tf.repeat(tf.transpose(steps, [1, 0, 2]), substeps, axis=0)
    carries = repeated_steps(stepper.step, stepper.start(start), step_sizes)
    states = tf.concat([start[tf.newaxis], stepper.state(carries[substeps - 1 :: substeps])], 0)
    return tf.reshape(tf.transpose(states, [1, 0, 2]), [-1, *segments.indices.shape, width])
