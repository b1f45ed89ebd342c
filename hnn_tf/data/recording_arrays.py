"""Recordings from arrays or nested lists."""

from typing import Any

import numpy as np

from hnn_tf.data.recording import Recording, numbers
from hnn_tf.input_error import InputError


def recordings_of_arrays(times: Any, states: Any, parameters: Any, **of_time: Any) -> list[Recording]:
    """Returns the recordings whose parts are given as arrays or lists.

    Args:
      times: `[T]` for all recordings, or a list of the times of each recording.
      states: `[N, T, 2n]`, or a list of the `[T_i, 2n]` of each recording; `[T, 2n]` for a single recording.
      parameters: `[N, k]`, or `[k]` for a single recording; None if there are none.
      **of_time: The other parts of recordings, in the form of `states`; None if there are none.

    Raises:
      InputError: If two arguments have different numbers of recordings, or numbers are not in lists of equal length.
    """
    given = {"states": states, **of_time}
    single = _is_numeric(states) and np.ndim(states) == 2
    parts = {name: [value] if single else list(value) for name, value in given.items() if value is not None}
    if parameters is not None:
        parts["parameters"] = [parameters] if single else list(parameters)
    count = len(parts["states"])
    own_times = not _is_numeric(times) or np.ndim(times) == 2
    parts["times"] = list(times) if own_times else [times] * count
    for name, values in parts.items():
        if len(values) != count:
            raise InputError(f"{name}: expected {count} arrays, one for each recording; received {len(values)}")
    columns = {name: [numbers(value, name) for value in values] for name, values in parts.items()}
    rows: list[dict[str, Any]] = [{name: values[i] for name, values in columns.items()} for i in range(count)]
    return [Recording(**row) for row in rows]


def _is_numeric(value: Any) -> bool:
    """Returns whether nested lists or arrays have one shape."""
    try:
        return np.asarray(value).dtype != object
    except ValueError:  # NumPy raises it for ragged lists
        return False
