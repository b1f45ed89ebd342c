"""The rollouts of models and systems for evaluation."""

import numpy as np
import tensorflow as tf

from hnn_tf.data.reference_solution import reference_solution
from hnn_tf.declarations import declared
from hnn_tf.input_interpolation import InputInterpolation
from hnn_tf.numerics.pieces import rows_in_pieces, states_of_rollout
from hnn_tf.objectives.shooting import since_first
from hnn_tf.rollouts.rollout_at_times import rollout_at_times
from hnn_tf.systems import System
from hnn_tf.typing import VectorField

MAX_STEP_SIZE = 0.1
"""The longest step of a model's rollout, in the model's unit of time.

At this step size, the eighth-order method integrates the tasks' learned fields to about the round-off of float32 (tests
compare it with adaptive DOP853). The metrics therefore measure the model, not the integrator.
"""


def evaluation_rollout(
    vector_field: VectorField,
    initial_states: np.ndarray,
    times: np.ndarray,
    *,
    inputs: np.ndarray | None = None,
    input_interpolation: InputInterpolation = "zero_order_hold",
) -> np.ndarray:
    """Returns reference-grade trajectories of a model or a system.

    A system's trajectories are its `reference_solution`. A model's trajectories are a rollout in the model's own
    precision. The initial states are processed in pieces, so that the memory beyond that of the result is bounded.

    Args:
      vector_field: A model or a system.
      initial_states: `[N, 2n]`, at the first of `times`.
      times: `[T]` or `[N, T]`.
      inputs: The inputs of a motion with inputs, `[T, m]` or `[N, T, m]`.
      input_interpolation: The interpolation of the inputs between the times.

    Returns:
      The trajectories `[N, T, 2n]`, float64.
    """
    if isinstance(vector_field, System):
        return reference_solution(
            vector_field, initial_states, times, inputs=inputs, input_interpolation=input_interpolation
        )
    dtype = declared(vector_field, "compute_dtype") or "float64"
    # The model's precision would lose the intervals between times far from 0, for example seconds since 1970.
    elapsed = since_first(times)

    def paths(piece: slice) -> np.ndarray:
        trajectory = rollout_at_times(
            vector_field,
            tf.constant(initial_states[piece], dtype),
            elapsed[piece] if elapsed.ndim == 2 else elapsed,
            max_step_size=MAX_STEP_SIZE,
            inputs=inputs[piece] if inputs is not None and np.ndim(inputs) == 3 else inputs,
            input_interpolation=input_interpolation,
            integrator="rk8",
        )
        return trajectory.numpy().astype(np.float64)

    return rows_in_pieces(paths, len(initial_states), states_each=states_of_rollout(elapsed.shape[-1]))
