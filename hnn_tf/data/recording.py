"""A recording: the readings of one run of a system."""

import dataclasses
from typing import Any

import numpy as np

from hnn_tf.input_error import InputError, one_line


@dataclasses.dataclass(frozen=True)
class Recording:
    """One run of a system, with readings at its own times.

    Attributes:
      times: `[T]`, increasing; the steps may differ.
      states: The observed states `[T, 2n]`. A number that was not observed has an estimate in its place.
      time_derivatives: The derivatives that belong to the states `[T, 2n]`, if they are known.
      inputs: The quantities, such as forces, that acted on the system from outside at the times `[T, m]`, if there are
        any.
      parameters: The quantities `[k]` that were constant in this recording and may differ in others.
      true_states: The states without noise `[T, 2n]`, if they are known.
      observed: True for the numbers of `states` that were observed, `[T, 2n]`; None if all were.
      name: The name of the run. Parts of one run have the same name.
    """

    times: np.ndarray
    states: np.ndarray
    time_derivatives: np.ndarray | None = None
    inputs: np.ndarray | None = None
    parameters: np.ndarray | None = None
    true_states: np.ndarray | None = None
    observed: np.ndarray | None = None
    name: str = ""

    def __len__(self) -> int:
        """Returns the number of readings."""
        return len(self.times)

    def between(self, start: int, stop: int) -> "Recording":
        """Returns the readings from index `start` up to, but not including, index `stop`."""
        part = slice(start, stop)
        cut = {name: getattr(self, name)[part] for name in _OF_TIME if getattr(self, name) is not None}
        return dataclasses.replace(self, **cut)


_OF_TIME = ("times", "states", "time_derivatives", "inputs", "true_states", "observed")


def numbers(values: Any, where: str) -> np.ndarray:
    """Converts values to an array of float64.

    Raises:
      InputError: If the values are not numbers, or are lists of different lengths.
    """
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: expected numbers in lists of equal length; received {one_line(values)}") from error


def check(recording: Recording, first: Recording, where: str) -> None:
    """Refuses a malformed recording, or one without the parts and widths of the first recording.

    Raises:
      InputError: If the recording is not as expected. The message says where it is wrong, and what is wrong.
    """
    shape = np.shape(recording.states)
    if len(shape) != 2 or shape[1] % 2 or 0 in shape:
        raise InputError(f"{where}: expected states [T, 2n]; received {shape}")
    for name in ("times", *_OF_TIME[1:], "parameters"):
        value, of_first = getattr(recording, name), getattr(first, name)
        if (value is None) != (of_first is None):
            raise InputError(f"{where}: expected {name} in all recordings, or in no recording")
        if value is None:
            continue
        expected = shape if name in ("states", "time_derivatives", "true_states", "observed") else None
        of_time = name in _OF_TIME
        if of_time and len(value) != shape[0]:
            raise InputError(f"{where}: expected {name} for each of the {shape[0]} states; received {len(value)}")
        if np.shape(value)[of_time:] != np.shape(of_first)[of_time:] or (expected and np.shape(value) != expected):
            raise InputError(
                f"{where}: expected {name} of the same width as in the other recordings; received {np.shape(value)}"
            )
        if name == "inputs" and np.ndim(value) != 2:
            raise InputError(f"{where}: expected inputs [T, m]; received shape {np.shape(value)}")
        if name == "parameters" and np.ndim(value) != 1:
            raise InputError(f"{where}: expected parameters [k]; received shape {np.shape(value)}")
        if name == "observed" and np.asarray(value).dtype != bool:
            raise InputError(f"{where}: expected True or False as observed; received {np.asarray(value).dtype}")
        if not np.isfinite(value).all():
            raise InputError(f"{where}: expected finite {name}; received NaN or infinity")
    if np.ndim(recording.times) != 1 or not (np.diff(recording.times) > 0).all():
        raise InputError(f"{where}: expected increasing times [T]; mend or sort the times")
