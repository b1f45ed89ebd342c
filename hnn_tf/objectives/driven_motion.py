"""Motions with the inputs and parameters of samples."""

from typing import Any

import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.motion_inputs import check_inputs
from hnn_tf.motion_parameters import check_parameters
from hnn_tf.typing import State, VectorField
from hnn_tf.undeclared_arguments import check_named


def with_given(model: VectorField, inputs: tf.Tensor | None = None, parameters: tf.Tensor | None = None) -> VectorField:
    """Returns the motion of states `[B, 2n]` under the inputs `[B, m]` and at the parameters `[B, k]` of their samples.

    Without inputs and parameters, it is the model itself.

    Raises:
      InputError: If the model takes no inputs or parameters and there are some, or it takes them, and they are missing
        or have another width.
    """
    check_given(model, inputs, parameters)
    given = {name: each for name, each in (("inputs", inputs), ("parameters", parameters)) if each is not None}
    if not given:
        return model

    def motion(state: State) -> tf.Tensor:
        return model(state, **given)

    return motion


def check_given(model: Any, inputs: tf.Tensor | None, parameters: tf.Tensor | None) -> None:
    """Refuses inputs and parameters that the model does not take, and missing ones; see `with_given`."""
    # A function or another Keras model does not declare its numbers.
    if declared(model, "num_inputs") is not None:
        check_inputs(model, inputs)
    elif inputs is not None:
        check_named(model, "inputs")
    if declared(model, "num_parameters") is not None:
        check_parameters(model, parameters)
    elif parameters is not None:
        check_named(model, "parameters")


def of_readings(parameters: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Returns the parameters of each reading, `[N, ..., k]`, for parameters `[N, k]` and values `[N, ..., d]`."""
    shape = [tf.shape(parameters)[0], *[1] * (values.shape.rank - 2), parameters.shape[-1]]
    return tf.reshape(parameters, shape) + tf.zeros_like(values[..., :1])
