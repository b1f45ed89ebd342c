"""The columns of samples: readings, transitions between readings, and whole trajectories.

Objectives make their columns of recordings, and `Trajectories` makes the same columns of its states. Each function
takes arrays `[..., T, d]` of motions of T readings, where the times are `[..., T]`, and returns the columns by name. If
inputs or parameters are given, their columns are also returned.
"""

import numpy as np

from hnn_tf.data.segments import Segments
from hnn_tf.motion_inputs import interval_ends


def reading_columns(
    states: np.ndarray,
    time_derivatives: np.ndarray,
    inputs: np.ndarray | None = None,
    parameters: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Returns a sample of every reading: `state` and `time_derivative` `[B, 2n]`, `inputs` `[B, m]`, `parameters`.

    The parameters are those of each reading, `[..., T, k]`.
    """
    found = {"state": states, "time_derivative": time_derivatives} | _given(inputs=inputs, parameters=parameters)
    return {name: _flat(column) for name, column in found.items()}


def transition_columns(
    times: np.ndarray,
    states: np.ndarray,
    inputs: np.ndarray | None = None,
    parameters: np.ndarray | None = None,
    *,
    interpolation: str = "zero_order_hold",
) -> dict[str, np.ndarray]:
    """Returns a sample of every pair of neighbouring readings of one motion.

    The columns are `state` and `next_state` `[B, 2n]`, `time_step` `[B, 1]`, the inputs at the beginning and just
    before the end of the step, `inputs` and `end_inputs` `[B, m]`, and `parameters` `[B, k]` of a motion's `[k]`.
    """
    found = {
        "state": states[..., :-1, :],
        "next_state": states[..., 1:, :],
        "time_step": np.diff(times)[..., np.newaxis],
    }
    found |= {name: column[..., :-1, :] for name, column in _interval_columns(inputs, interpolation).items()}
    columns = {name: _flat(column) for name, column in found.items()}
    return columns if parameters is None else columns | {"parameters": np.tile(parameters, [len(columns["state"]), 1])}


def trajectory_columns(
    times: np.ndarray,
    states: np.ndarray,
    inputs: np.ndarray | None = None,
    parameters: np.ndarray | None = None,
    *,
    interpolation: str = "zero_order_hold",
) -> dict[str, np.ndarray]:
    """Returns a sample of every motion.

    The columns are `times` `[N, T]`, `states` `[N, T, 2n]` and `parameters` `[N, k]` themselves, and the inputs at the
    beginning and just before the end of each interval, `inputs` and `end_inputs` `[N, T, m]`.
    """
    return {"times": times, "states": states} | _interval_columns(inputs, interpolation) | _given(parameters=parameters)


def first_states(states: np.ndarray, *, num_segments: int) -> np.ndarray:
    """Returns the first state of each of W segments, `[N, W, 2n]`, for the column `initial_state`.

    The states are `[N, T, 2n]`. If they are observed states, these are a first guess of the initial states.

    Raises:
      ValueError: If there are not fewer segments than readings.
    """
    return states[:, Segments(states.shape[1], num_segments).starts[:-1]]


def _interval_columns(inputs: np.ndarray | None, interpolation: str) -> dict[str, np.ndarray]:
    return {} if inputs is None else {"inputs": inputs, "end_inputs": interval_ends(inputs, interpolation)}


def _given(**columns: np.ndarray | None) -> dict[str, np.ndarray]:
    return {name: column for name, column in columns.items() if column is not None}


def _flat(column: np.ndarray) -> np.ndarray:
    return column.reshape(-1, column.shape[-1])
