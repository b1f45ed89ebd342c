"""The signatures of an exported model of states."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import keras
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.motion_parameters import at_parameters
from hnn_tf.rollouts.rollout_at_times import rollout_at_times
from hnn_tf.typing import State

Signatures: TypeAlias = dict[str, tuple[Callable[..., dict[str, tf.Tensor]], Sequence[tf.TensorSpec]]]
"""For each signature name, a function with the inputs as keyword arguments, and the inputs' specs.

The first axis of every input and output is a batch.
"""


def state_signatures(model: keras.Model, **rollout_options: Any) -> Signatures:
    """Returns the signatures of a model from a state to its time derivative.

    | signature | inputs | outputs |
    |---|---|---|
    | `serving_default` | `state` [B, 2n] | `energy` [B], `time_derivative` [B, 2n] |
    | `energy` | `state` [B, 2n] | `energy` [B] |
    | `time_derivative` | `state` [B, 2n] | `time_derivative` [B, 2n] |
    | `rollout` | `state` [B, 2n], `times` [B, T] | `trajectory` [B, T, 2n], `energy` [B, T] |

    If the model has no `hamiltonian`, there is no signature and no output `energy`. If the model has m inputs, as it
    declares by `num_inputs`, `serving_default` and `time_derivative` also take `inputs` [B, m], and `rollout` also
    takes `inputs` [B, T, m], the inputs at the times. If the model has k parameters, as it declares by
    `num_parameters`, all signatures also take `parameters` [B, k], a row for each state.

    Args:
      model: A built model.
      **rollout_options: The options of `rollout_at_times`.

    Raises:
      InputError: If the model is not built, or its state width is unknown or odd. While a signature is traced: if the
        time derivative does not have the state's shape, or the energy does not have the shape [B].
    """
    has_energy = hasattr(model, "hamiltonian")
    state_spec = tf.TensorSpec([None, state_width(model)], model.compute_dtype, name="state")
    times_spec = tf.TensorSpec([None, None], model.compute_dtype, name="times")
    num_inputs = getattr(model, "num_inputs", 0)
    at_states, at_times = (
        [tf.TensorSpec([*sizes, num_inputs], model.compute_dtype, name="inputs")] if num_inputs else []
        for sizes in ([None], [None, None])
    )

    num_parameters = getattr(model, "num_parameters", 0)
    constants = (
        [tf.TensorSpec([None, num_parameters], model.compute_dtype, name="parameters")] if num_parameters else []
    )

    def energy(state: State, parameters: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
        if not has_energy:
            return {}
        parameters = None if parameters is None else of_batch(parameters, state)
        value = at_parameters(model.hamiltonian, parameters)(state)
        if not value.shape.is_compatible_with(state.shape[:-1]):
            raise InputError(f"{model.name}: expected a Hamiltonian [..., 2n] -> [...]; received {value.shape}")
        return {"energy": value}

    def time_derivative(state: State, **given: tf.Tensor) -> dict[str, tf.Tensor]:
        derivative = model(state, **{name: of_batch(values, state) for name, values in given.items()})
        if not derivative.shape.is_compatible_with(state.shape):
            raise InputError(
                f"{model.name}: expected a time derivative of the state's shape {state.shape}; "
                f"received {derivative.shape}; only models state -> time derivative can be exported"
            )
        return {"time_derivative": derivative}

    def serving_default(state: State, **given: tf.Tensor) -> dict[str, tf.Tensor]:
        return energy(state, given.get("parameters")) | time_derivative(state, **given)

    def rollout(
        state: State, times: tf.Tensor, inputs: tf.Tensor | None = None, parameters: tf.Tensor | None = None
    ) -> dict[str, tf.Tensor]:
        times = of_batch(times, state)
        inputs = None if inputs is None else of_times(inputs, times)
        parameters = None if parameters is None else of_batch(parameters, state)
        trajectory = rollout_at_times(model, state, times, inputs=inputs, parameters=parameters, **rollout_options)
        along = energy_along(model.hamiltonian, trajectory, parameters) if has_energy else {}
        return {"trajectory": trajectory} | along

    signatures: Signatures = {
        "serving_default": (serving_default, [state_spec, *at_states, *constants]),
        "time_derivative": (time_derivative, [state_spec, *at_states, *constants]),
        "rollout": (rollout, [state_spec, times_spec, *at_times, *constants]),
    }
    return signatures | ({"energy": (energy, [state_spec, *constants])} if has_energy else {})


def energy_along(
    hamiltonian: Callable[..., tf.Tensor], trajectory: State, parameters: tf.Tensor | None = None
) -> dict[str, tf.Tensor]:
    """Returns the output `energy` `[B, T]` along trajectories `[B, T, 2n]`, at the parameters `[B, k]` if given."""
    # The states are flat, because a Hamiltonian may be a Keras model that accepts only `[B, 2n]`.
    if parameters is not None:
        of_states = parameters[:, tf.newaxis] + tf.zeros_like(trajectory[..., :1])
        parameters = tf.reshape(of_states, [-1, parameters.shape[-1]])
    energies = at_parameters(hamiltonian, parameters)(tf.reshape(trajectory, [-1, trajectory.shape[-1]]))
    return {"energy": tf.reshape(energies, tf.shape(trajectory)[:2])}


def of_batch(times: tf.Tensor, state: State) -> tf.Tensor:
    """Returns the times `[B, T]`, or the inputs `[B, m]`, and fails unless there are as many rows as states `[B, 2n]`.

    Without this check, a single row of times would be broadcast. The check consists of joining and separating times and
    states, because converters do not support assertions.
    """
    return tf.concat([state, times], 1)[:, state.shape[-1] :]


def of_times(inputs: tf.Tensor, times: tf.Tensor) -> tf.Tensor:
    """Returns the inputs `[B, T, m]`, and fails unless there is one row of m inputs for each of the times `[B, T]`.

    The check is that of `of_batch`.
    """
    return tf.concat([times[..., tf.newaxis], inputs], 2)[..., 1:]


def state_width(model: keras.Model) -> int:
    """Returns the width 2n of the states for which a model was built.

    Raises:
      InputError: If the model is not built, or its width is unknown or odd.
    """
    shape = (model.get_build_config() or {}).get("input_shape") if model.built else None
    shape = shape or getattr(model, "input_shape", None)  # functional models have this attribute
    if not shape or not isinstance(shape[-1], int):
        raise InputError(
            f"{model.name}: expected a model built for states [..., 2n]; received a model of unknown "
            "state width; call model.build([None, 2n]), or the model on a state, before saving or exporting the model"
        )
    if shape[-1] < 2 or shape[-1] % 2:
        raise InputError(f"{model.name}: expected states of even width 2n, concat(q, p); received width {shape[-1]}")
    return shape[-1]
