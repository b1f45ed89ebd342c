"""Signatures of several inputs, in the form that a Keras pipeline calls."""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf


def attach(module: tf.Module, functions: Mapping[str, Any]) -> None:
    """Adds to a module, for each signature of several inputs, a function of the same name that takes them as one dict.

    `keras.layers.TFSMLayer(folder, call_endpoint="rollout")({"state": state, "times": times})` calls this function. A
    TFSMLayer has one positional input, but a loaded signature takes several inputs only by keyword. The signatures
    themselves do not change.

    Args:
      module: The module that is saved.
      functions: The concrete function of every signature, by name.
    """
    for name, function in functions.items():
        specs = function.structured_input_signature[1]
        if len(specs) > 1:
            setattr(module, name, _of_dict(function, specs))


def _of_dict(function: Callable, specs: Mapping[str, tf.TensorSpec]) -> Callable:
    @tf.function(autograph=False)
    def call(inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return function(**inputs)

    call.get_concrete_function(dict(specs))  # only traced functions are saved
    return call
