"""The inputs u(t) that a caller gives to a rollout: samples, or a function of time."""

import dataclasses
from typing import Any, TypeAlias

import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.input_interpolation import check_interpolation
from hnn_tf.integrators import Integrator
from hnn_tf.motion_inputs import check_inputs, interval_ends
from hnn_tf.numerics import scalars
from hnn_tf.rollouts.compiled_rollout import Plan
from hnn_tf.rollouts.step_inputs import InputFunction, InputsOfTime, SampledInputs, StepInputs
from hnn_tf.rollouts.step_limit import LimitedTimes
from hnn_tf.typing import State, VectorField

Inputs: TypeAlias = tf.Tensor | InputFunction
"""Samples `[T, m]` or `[..., T, m]`, or a function from times `[..., 1]` to inputs `[..., m]`."""


@dataclasses.dataclass(frozen=True)
class GivenInputs:
    """The inputs of a rollout's intervals.

    Attributes:
      form: The form of the inputs in a step.
      starts: The samples at the beginnings of the intervals, `[..., T - 1, m]`; None for a function.
      ends: The samples at the ends of the intervals, `[..., T - 1, m]`; None for a function.
    """

    form: StepInputs
    starts: tf.Tensor | None = None
    ends: tf.Tensor | None = None

    def at_limited_times(self, limited: LimitedTimes) -> "GivenInputs":
        """Returns the inputs of the intervals between limited times."""
        if self.starts is None or self.ends is None:
            return self
        return GivenInputs(self.form, limited.of_intervals(self.starts), limited.of_intervals(self.ends))

    def numbers(self, times: tf.Tensor) -> tf.Tensor:
        """Returns the numbers of the steps of each interval, `[T - 1, ..., c]`, for times `[..., T]`."""
        if self.starts is None or self.ends is None:
            first = tf.broadcast_to(times[..., :1], tf.shape(times[..., 1:]))
            numbers = first[..., tf.newaxis]
        else:
            numbers = SampledInputs.numbers(times, self.starts, self.ends)
        rank = numbers.shape.rank
        return tf.transpose(numbers, [rank - 2, *range(rank - 2), rank - 1])


@dataclasses.dataclass(frozen=True)
class DrivenPlan:
    """A plan whose steps also have the numbers of the inputs. Its last argument are these numbers `[T, ..., c]`."""

    plan: Plan

    def __call__(self, *arguments: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None, int | tf.Tensor | None]:
        """Returns the steps of a rollout, with sizes and numbers `[T, ..., 1 + c]`."""
        *own, numbers = arguments
        sizes, counts, most = self.plan(*own)
        if sizes.shape.rank == 1:
            sizes = tf.reshape(sizes, [-1, *[1] * (numbers.shape.rank - 1)])
        sizes = tf.broadcast_to(sizes, tf.shape(numbers[..., :1]))
        return tf.concat([sizes, numbers], -1), counts, most


def given_inputs(
    vector_field: VectorField,
    inputs: Any,
    interpolation: str,
    *,
    state: State,
    num_times: int | None,
    integrator: Integrator,
) -> GivenInputs | None:
    """Returns the inputs of a rollout, or None for a motion without inputs.

    Args:
      vector_field: The motion. It may declare `num_inputs`.
      inputs: Samples, a function, or None.
      interpolation: The name of the interpolation of samples.
      state: The initial states `[..., 2n]`.
      num_times: T, if it is known.
      integrator: The integrator of the rollout.

    Raises:
      InputError: If inputs are missing or not allowed, their shape does not fit the states and times, there is no such
        interpolation, or the integrator does not support inputs.
    """
    check_interpolation(interpolation)
    is_function = callable(inputs) and not tf.is_tensor(inputs)
    samples = None if inputs is None or is_function else scalars.cast(inputs, state.dtype)
    num_inputs = declared(vector_field, "num_inputs")
    if num_inputs is not None and not (is_function and num_inputs):
        check_inputs(vector_field, inputs if is_function else samples)
    if inputs is None:
        return None
    if integrator.symplectic:
        raise InputError(
            f"integrator {integrator.name!r}: takes no inputs; use 'rk4', 'rk8' or 'dormand_prince' for a motion with "
            "inputs"
        )
    if samples is None:
        return GivenInputs(InputsOfTime(inputs))
    _check_shape(samples.shape, state.shape[:-1], num_times)
    samples = tf.broadcast_to(samples, tf.concat([tf.shape(state)[:-1], tf.shape(samples)[-2:]], 0))
    return GivenInputs(SampledInputs(), samples[..., :-1, :], interval_ends(samples, interpolation)[..., :-1, :])


def times_of_every_member(times: tf.Tensor, state: State) -> tf.Tensor:
    """Returns times `[..., T]` for times `[T]` or `[..., T]` and states `[..., 2n]`."""
    return tf.broadcast_to(times, tf.concat([tf.shape(state)[:-1], tf.shape(times)[-1:]], 0))


def _check_shape(shape: tf.TensorShape, batch: tf.TensorShape, num_times: int | None) -> None:
    fits = shape.rank == 2 or (shape.rank == batch.rank + 2 and shape[:-2].is_compatible_with(batch))
    if not fits or not shape[-2:-1].is_compatible_with([num_times]):
        count = "T" if num_times is None else num_times
        raise InputError(
            f"inputs: expected shape [{count}, m], or {[*batch, count]} + [m] with separate inputs for each state, one "
            f"row for each time; received {tuple(shape)}"
        )
