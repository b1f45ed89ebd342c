"""Inputs and parameters of Keras models that do not declare whether they take them."""

import inspect
from typing import Any

import keras

from hnn_tf.declarations import name_of
from hnn_tf.input_error import InputError


def check_argument(motion: Any, name: str, values: Any) -> None:
    """Refuses a quantity for which a Keras model has no argument beside the state.

    Keras' own models, such as `Sequential`, accept every keyword argument and use only those that they know. Without
    this check, they would be trained and used as if the quantity were not there.

    Args:
      motion: A motion that declares no number of this quantity. What is no Keras model is accepted.
      name: The name of the argument, "inputs" or "parameters".
      values: The quantity, or None.

    Raises:
      InputError: If there are values, and the method `call` of the Keras model does not name them after the state.
    """
    if values is None or not isinstance(motion, keras.Model):
        return
    if name not in list(inspect.signature(motion.call).parameters)[1:]:
        raise InputError(
            f"{name_of(motion)}: expected a method call(state, {name}=None) for the {name}; its call takes no {name}; "
            f"leave the {name} out, or add the argument and declare num_{name}"
        )
