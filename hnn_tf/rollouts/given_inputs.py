"""The quantities that a caller gives to a rollout: the inputs u(t), and the parameters theta."""

import dataclasses
from typing import Any, TypeAlias

import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.input_interpolation import check_interpolation
from hnn_tf.integrators import Integrator
from hnn_tf.motion_inputs import check_inputs, interval_ends
from hnn_tf.motion_parameters import check_parameters
from hnn_tf.numerics import scalars
from hnn_tf.rollouts.compiled_rollout import Plan
from hnn_tf.rollouts.step_inputs import InputFunction, InputsOfTime, SampledInputs, StepInputs
from hnn_tf.rollouts.step_limit import LimitedTimes
from hnn_tf.typing import State, VectorField
from hnn_tf.undeclared_arguments import check_argument

Inputs: TypeAlias = tf.Tensor | InputFunction
"""Samples `[T, m]` or `[..., T, m]`, or a function from times `[..., 1]` to inputs `[..., m]`."""


@dataclasses.dataclass(frozen=True)
class GivenInputs:
    """The inputs of a rollout's intervals, and the parameters of its states.

    Attributes:
      form: The form of the inputs in a step; None without inputs.
      starts: The samples at the beginnings of the intervals, `[..., T - 1, m]`; None for a function.
      ends: The samples at the ends of the intervals, `[..., T - 1, m]`; None for a function.
      parameters: The parameters of each state `[..., k]`; None without parameters.
    """

    form: StepInputs | None = None
    starts: tf.Tensor | None = None
    ends: tf.Tensor | None = None
    parameters: tf.Tensor | None = None

    @property
    def num_parameters(self) -> int:
        """k, the number of parameters."""
        return 0 if self.parameters is None else self.parameters.shape[-1]

    def at_limited_times(self, limited: LimitedTimes) -> "GivenInputs":
        """Returns the inputs of the intervals between limited times."""
        if self.starts is None or self.ends is None:
            return self
        starts, ends = limited.of_intervals(self.starts), limited.of_intervals(self.ends)
        return dataclasses.replace(self, starts=starts, ends=ends)

    def numbers(self, times: tf.Tensor) -> tf.Tensor:
        """Returns the numbers of the steps of each interval, `[T - 1, ..., c]`, for times `[..., T]`."""
        parts = []
        if self.starts is not None and self.ends is not None:
            parts.append(SampledInputs.numbers(times, self.starts, self.ends))
        elif self.form is not None:
            first = tf.broadcast_to(times[..., :1], tf.shape(times[..., 1:]))
            parts.append(first[..., tf.newaxis])
        if self.parameters is not None:
            parts.append(self.parameters[..., tf.newaxis, :] + tf.zeros_like(times[..., 1:, tf.newaxis]))
        numbers = tf.concat(parts, -1)
        rank = numbers.shape.rank
        return tf.transpose(numbers, [rank - 2, *range(rank - 2), rank - 1])


@dataclasses.dataclass(frozen=True)
class DrivenPlan:
    """A plan whose steps have further numbers, of inputs or parameters. Its last argument is these `[T, ..., c]`."""

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
    parameters: Any,
    *,
    state: State,
    num_times: int | None,
    integrator: Integrator,
) -> GivenInputs | None:
    """Returns the inputs and parameters of a rollout, or None for a motion without inputs and parameters.

    Args:
      vector_field: The motion. It may declare `num_inputs` and `num_parameters`.
      inputs: Samples, a function, or None.
      interpolation: The name of the interpolation of samples.
      parameters: Parameters `[k]` or `[..., k]`, or None.
      state: The initial states `[..., 2n]`.
      num_times: T, if it is known.
      integrator: The integrator of the rollout.

    Raises:
      InputError: If inputs or parameters are missing or not allowed, or their shape does not fit the states and times;
        if there is no such interpolation; or if the integrator does not support inputs.
    """
    check_interpolation(interpolation)
    is_function = callable(inputs) and not tf.is_tensor(inputs)
    samples = None if inputs is None or is_function else scalars.cast(inputs, state.dtype)
    num_inputs = declared(vector_field, "num_inputs")
    if num_inputs is None:
        check_argument(vector_field, "inputs", inputs)
    elif not (is_function and num_inputs):
        check_inputs(vector_field, inputs if is_function else samples)
    constants = parameters_of_states(vector_field, parameters, state)
    if inputs is None:
        return None if constants is None else GivenInputs(parameters=constants)
    if integrator.symplectic:
        raise InputError(
            f"integrator {integrator.name!r}: takes no inputs; use 'rk4', 'rk8' or 'dormand_prince' for a motion with "
            "inputs"
        )
    if samples is None:
        return GivenInputs(InputsOfTime(inputs), parameters=constants)
    _check_shape(samples.shape, state.shape[:-1], num_times)
    samples = tf.broadcast_to(samples, tf.concat([tf.shape(state)[:-1], tf.shape(samples)[-2:]], 0))
    ends = interval_ends(samples, interpolation)
    return GivenInputs(SampledInputs(), samples[..., :-1, :], ends[..., :-1, :], constants)


def times_of_every_member(times: tf.Tensor, state: State) -> tf.Tensor:
    """Returns times `[..., T]` for times `[T]` or `[..., T]` and states `[..., 2n]`."""
    return tf.broadcast_to(times, tf.concat([tf.shape(state)[:-1], tf.shape(times)[-1:]], 0))


def parameters_of_states(motion: Any, parameters: Any, state: State) -> tf.Tensor | None:
    """Returns the parameters `[..., k]` of each state `[..., 2n]`, or None if there are none.

    Args:
      motion: A motion, or an object with an energy. It may declare `num_parameters`.
      parameters: Parameters `[k]` or `[..., k]`, or None.
      state: The states.

    Raises:
      InputError: If parameters are missing or not allowed, or their shape does not fit the states.
    """
    values = None if parameters is None else scalars.cast(parameters, state.dtype)
    if declared(motion, "num_parameters") is not None:
        check_parameters(motion, values)
    else:
        check_argument(motion, "parameters", values)
    if values is None:
        return None
    batch, shape = state.shape[:-1], values.shape
    if not (shape.rank == 1 or (shape.rank == batch.rank + 1 and shape[:-1].is_compatible_with(batch))):
        raise InputError(
            f"parameters: expected shape [k], or {list(batch)} + [k] with separate parameters for each state; received "
            f"{tuple(shape)}"
        )
    return tf.broadcast_to(values, tf.concat([tf.shape(state)[:-1], tf.shape(values)[-1:]], 0))


def _check_shape(shape: tf.TensorShape, batch: tf.TensorShape, num_times: int | None) -> None:
    fits = shape.rank == 2 or (shape.rank == batch.rank + 2 and shape[:-2].is_compatible_with(batch))
    if not fits or not shape[-2:-1].is_compatible_with([num_times]):
        count = "T" if num_times is None else num_times
        raise InputError(
            f"inputs: expected shape [{count}, m], or {[*batch, count]} + [m] with separate inputs for each state, one "
            f"row for each time; received {tuple(shape)}"
        )
