"""Motions with the inputs of samples."""

from typing import Any

import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.motion_inputs import check_inputs
from hnn_tf.typing import State, VectorField


def with_inputs(model: VectorField, inputs: tf.Tensor | None) -> VectorField:
    """Returns the motion of states `[B, 2n]` under the inputs `[B, m]` of their samples, or the model itself.

    Raises:
      InputError: If the model takes no inputs and there are some, or it takes inputs, and they are missing or have
        another width.
    """
    check_num_inputs(model, inputs)
    if inputs is None:
        return model

    def motion(state: State) -> tf.Tensor:
        return model(state, inputs=inputs)  # type: ignore[call-arg]

    return motion


def check_num_inputs(model: Any, inputs: tf.Tensor | None) -> None:
    """Refuses inputs that the model does not take, and missing inputs; see `with_inputs`."""
    if declared(model, "num_inputs") is not None:
        check_inputs(model, inputs)
