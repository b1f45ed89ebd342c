"""The inputs u(t) of a rollout, in the form in which a step uses them."""

import abc
import dataclasses
from collections.abc import Callable
from typing import TypeAlias

import tensorflow as tf

InputFunction: TypeAlias = Callable[[tf.Tensor], tf.Tensor]
"""A function from times `[..., 1]` to inputs `[..., m]`."""


class StepInputs(abc.ABC):
    """The inputs of every step, as a function of the step's numbers and of the time since the rollout's beginning.

    The numbers `[..., c]` of a step are given beside its size. A step can therefore be differentiated by them.
    """

    @abc.abstractmethod
    def at(self, elapsed: tf.Tensor, numbers: tf.Tensor) -> tf.Tensor:
        """Returns the inputs `[..., m]` at a time `[..., 1]` after the rollout's beginning."""


@dataclasses.dataclass(frozen=True)
class SampledInputs(StepInputs):
    """Inputs that change linearly within each interval, and may jump between intervals.

    u(t) = u_i + (t - t_i) r_i. The numbers of a step are (t_i, u_i, r_i), `[..., 1 + 2m]`.
    """

    def at(self, elapsed: tf.Tensor, numbers: tf.Tensor) -> tf.Tensor:
        """Returns the inputs `[..., m]` at a time `[..., 1]` after the rollout's beginning."""
        width = (numbers.shape[-1] - 1) // 2
        return numbers[..., 1 : 1 + width] + (elapsed - numbers[..., :1]) * numbers[..., 1 + width :]

    @staticmethod
    def numbers(times: tf.Tensor, starts: tf.Tensor, ends: tf.Tensor) -> tf.Tensor:
        """Returns the numbers of all intervals.

        Args:
          times: `[..., T]`.
          starts: The inputs at the beginnings of the intervals, `[..., T - 1, m]`.
          ends: The inputs at the ends of the intervals, `[..., T - 1, m]`.

        Returns:
          The numbers `[..., T - 1, 1 + 2m]`. The inputs of an interval without length do not change.
        """
        lengths = (times[..., 1:] - times[..., :-1])[..., tf.newaxis]
        offsets = (times[..., :-1] - times[..., :1])[..., tf.newaxis]
        return tf.concat([offsets, starts, tf.math.divide_no_nan(ends - starts, lengths)], -1)


@dataclasses.dataclass(frozen=True)
class InputsOfTime(StepInputs):
    """Inputs that a function computes from the time. The numbers of a step are the time at the beginning, `[..., 1]`.

    Args:
      function: A function from times `[..., 1]` to inputs `[..., m]`.
    """

    function: InputFunction

    def at(self, elapsed: tf.Tensor, numbers: tf.Tensor) -> tf.Tensor:
        """Returns the inputs `[..., m]` at a time `[..., 1]` after the rollout's beginning.

        Raises:
          ValueError: If the function returns no tensor of shape `[..., m]`.
        """
        times = elapsed + numbers
        inputs = tf.convert_to_tensor(self.function(times))
        if inputs.shape.rank != times.shape.rank or not inputs.shape[:-1].is_compatible_with(times.shape[:-1]):
            raise ValueError(
                f"inputs: expected a function from times {times.shape} to inputs [..., m]; it returned {inputs.shape}"
            )
        return inputs
