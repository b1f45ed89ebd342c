"""Columns of a table from arrays of positions, and other arrays in their form."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hnn_tf.data.recording import numbers
from hnn_tf.input_error import InputError


def runs_of_arrays(times: Any, positions: Any, parameters: Any, **others: Any) -> dict[str, list[np.ndarray]]:
    """Returns the arrays of each recording by name: "times" `[T_i]`, "parameters" `[k]`, and the others `[T_i, n]`.

    Args:
      times: `[T]` for all recordings, or a list of the times of each recording.
      positions: `[T, n]` or `[T]` of a single recording, or a list of the arrays of each recording.
      parameters: `[k]` of a single recording, or `[N, k]`; None if there are none.
      **others: Arrays in the form of `positions`; None if there are none.

    Raises:
      InputError: If two arguments have different numbers of recordings or of readings.
    """
    common_times = _is_array(times) and np.ndim(times) == 1
    single = common_times and _is_array(positions) and np.ndim(positions) <= 2 and len(positions) == len(times)
    given = {"positions": positions, "parameters": parameters, **others}
    found = {name: [value] if single else list(value) for name, value in given.items() if value is not None}
    count = len(found["positions"])
    found["times"] = [times] * count if common_times else list(times)
    for name, values in found.items():
        if len(values) != count:
            raise InputError(f"{name}: expected {count} arrays, one for each recording; received {len(values)}")
    runs = {name: [numbers(value, name) for value in values] for name, values in found.items()}
    for name, arrays in runs.items():
        for index, array in enumerate(arrays):
            if name not in ("times", "parameters"):
                arrays[index] = array = array[:, None] if array.ndim == 1 else array
            expected = {"times": [len(runs["times"][index])], "parameters": [np.size(arrays[0])]}.get(
                name, [len(runs["times"][index]), arrays[0].shape[-1]]
            )
            if list(array.shape) != expected:
                raise InputError(
                    f"{name}: expected {expected} numbers in recording {index}; received {list(array.shape)}"
                )
    return runs


def columns_of_runs(
    runs: Mapping[str, Sequence[np.ndarray]], names: Mapping[str, Sequence[str]]
) -> dict[str, np.ndarray]:
    """Returns the columns of all recordings, with "time" and "recording", the number of the recording.

    Args:
      runs: The result of `runs_of_arrays`.
      names: The names of the columns of each argument.
    """
    lengths = [len(times) for times in runs["times"]]
    columns = {
        "time": np.concatenate(runs["times"]),
        "recording": np.repeat(np.arange(len(lengths)), lengths),
    }
    for argument, texts in names.items():
        for k, text in enumerate(texts):
            if argument == "parameters":
                columns[text] = np.repeat([values[k] for values in runs[argument]], lengths)
            else:
                columns[text] = np.concatenate([values[:, k] for values in runs[argument]])
    return columns


def _is_array(value: Any) -> bool:
    """Returns whether nested lists or arrays have one shape."""
    try:
        return np.asarray(value).dtype != object
    except ValueError:  # NumPy raises it for ragged lists
        return False
