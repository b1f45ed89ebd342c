"""Inputs of a system that are given at the times of its readings."""

import dataclasses
from collections.abc import Callable

import numpy as np

from hnn_tf.input_error import InputError
from hnn_tf.input_interpolation import check_interpolation
from hnn_tf.systems import System

InputsOfSteps = Callable[[float], np.ndarray]
"""A function from a part of a step, from 0 to 1, to the inputs `[M, m]` of M members at that part of their steps."""


@dataclasses.dataclass(frozen=True)
class SampledInputs:
    """The inputs of N members at their T times, and how they continue between these times.

    Attributes:
      values: `[N, T, m]`.
      interpolation: With "zero_order_hold", the inputs of a time stay until the next time, in the order of the array.
        With "linear", they are on the straight line between the two times.
    """

    values: np.ndarray
    interpolation: str

    def __getitem__(self, members: slice) -> "SampledInputs":
        """Returns the inputs of some of the members."""
        return dataclasses.replace(self, values=self.values[members])

    def of_steps(
        self, members: np.ndarray, grid: np.ndarray, reached: np.ndarray, now: np.ndarray, step: np.ndarray
    ) -> InputsOfSteps:
        """Returns the inputs during a step of each member, which is within one interval of the times.

        Args:
          members: The indices of the members `[M]`.
          grid: The times of these members `[M, T]`.
          reached: The index of the time at which each interval starts `[M]`. It ends at the next index.
          now: The time at which each step starts `[M]`.
          step: The length of each step `[M]`, which is negative if the times decrease.
        """
        rows = np.arange(len(members))
        start, end = grid[rows, reached], grid[rows, reached + 1]
        if self.interpolation == "linear":
            first, second = self.values[members, reached], self.values[members, reached + 1]
        else:
            first = second = self.values[members, reached]
        rate = (second - first) / np.where(end == start, 1.0, end - start)[:, np.newaxis]
        return lambda part: first + (now - start + part * step)[:, np.newaxis] * rate


def sampled_inputs(
    system: System, inputs: np.ndarray | None, input_interpolation: str, *, num_members: int, num_times: int
) -> SampledInputs | None:
    """Returns the inputs of all members, or None for a system without inputs.

    Args:
      system: The system.
      inputs: `[T, m]` for all members, or `[N, T, m]`.
      input_interpolation: The name of the interpolation between the times.
      num_members: N.
      num_times: T.

    Raises:
      InputError: If inputs are missing, do not fit, are not finite, or the system has no inputs.
    """
    check_interpolation(input_interpolation)
    if inputs is None or not system.num_inputs:
        system.check_inputs(None if inputs is None else np.shape(inputs), (num_members, num_times))
        return None
    values = np.asarray(inputs, np.float64)
    shape = (num_members, num_times, system.num_inputs)
    if values.shape not in (shape, shape[1:]):
        names = ", ".join(system.input_names)
        raise InputError(
            f"{type(system).__name__}: inputs: expected [T, m] = {shape[1:]} or [N, T, m] = {shape}, one row ({names}) "
            f"for each time; received shape {values.shape}"
        )
    if not np.isfinite(values).all():
        raise InputError(f"{type(system).__name__}: inputs: expected finite numbers; received NaN or infinity")
    return SampledInputs(np.broadcast_to(values, shape), input_interpolation)
