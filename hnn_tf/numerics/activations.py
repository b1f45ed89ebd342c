"""Activations by name."""

import importlib
from typing import TYPE_CHECKING, Any

from hnn_tf.registry import Registry

if TYPE_CHECKING:
    from hnn_tf.numerics.activation_functions import Activation

ACTIVATIONS: Registry["Activation"] = Registry(
    {
        "relu": "hnn_tf.numerics.activation_functions:relu",
        "sigmoid": "hnn_tf.numerics.activation_functions:sigmoid",
        "silu": "hnn_tf.numerics.activation_functions:silu",
        "sine": "hnn_tf.numerics.activation_functions:sine",
        "softplus": "hnn_tf.numerics.activation_functions:softplus",
        "softsign": "hnn_tf.numerics.activation_functions:softsign",
        "tanh": "hnn_tf.numerics.activation_functions:tanh",
    }
)
"""All activations with a written-out derivative, by the names in `--activation` and in the models."""

_CHOICE = "hnn_tf.numerics.activation_choice"  # imported only when needed, because the names alone need no TensorFlow


def get(activation: Any) -> "Activation":
    """Returns the activation for a name or a function; see `activation_choice.get`."""
    return importlib.import_module(_CHOICE).get(activation)


def get_smooth(activation: Any) -> "Activation":
    """Returns the activation for a name or a function, for a Hamiltonian; see `activation_choice.get_smooth`."""
    return importlib.import_module(_CHOICE).get_smooth(activation)
