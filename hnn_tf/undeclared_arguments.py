"""Arguments of Keras models that do not declare whether they take them."""

import inspect
from typing import Any

import keras

from hnn_tf.declarations import name_of
from hnn_tf.input_error import InputError


def check_named(motion: Any, name: str) -> None:
    """Refuses an argument that a Keras model does not name in its `call`, beside the state.

    `Sequential` and functional models accept any keyword argument, and ignore it. A training on such an argument would
    fit a motion that does not depend on it.

    Args:
      motion: A motion that does not declare its number of inputs or parameters. Only a Keras model is checked, because
        a function raises an error of its own.
      name: The name of the argument, `inputs` or `parameters`.

    Raises:
      InputError: If the model's `call` has no such argument.
    """
    if not isinstance(motion, keras.layers.Layer):
        return
    # The first argument is the state, which Keras' own models call `inputs`.
    if name not in list(inspect.signature(motion.call).parameters)[1:]:
        raise InputError(
            f"{name_of(motion)}: takes no {name}, because its call has no argument {name!r} beside the state; leave "
            f"the {name} out, or take a model with call(self, state, {name}=None)"
        )
