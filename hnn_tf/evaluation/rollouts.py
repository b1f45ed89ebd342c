"""The rollouts of models and systems for evaluation."""

import numpy as np
import tensorflow as tf

from hnn_tf.data.reference_solution import reference_solution
from hnn_tf.declarations import declared
from hnn_tf.input_interpolation import InputInterpolation
from hnn_tf.motion_parameters import check_parameters
from hnn_tf.numerics.pieces import of_piece, rows_in_pieces, states_of_rollout
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
    parameters: np.ndarray | None = None,
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
      parameters: Theta of a motion with parameters, `[k]` or `[N, k]`.

    Returns:
      The trajectories `[N, T, 2n]`, float64.

    Raises:
      InputError: If inputs or parameters are missing, do not fit, or are given to a motion that takes none.
    """
    if isinstance(vector_field, System):
        check_parameters(vector_field, parameters)
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
            of_piece(elapsed, piece, ndim=2),
            max_step_size=MAX_STEP_SIZE,
            inputs=of_piece(inputs, piece, ndim=3),
            input_interpolation=input_interpolation,
            parameters=of_piece(parameters, piece, ndim=2),
            integrator="rk8",
        )
        return trajectory.numpy().astype(np.float64)

    return rows_in_pieces(paths, len(initial_states), states_each=states_of_rollout(elapsed.shape[-1]))
