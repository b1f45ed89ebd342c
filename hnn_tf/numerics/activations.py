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
"""Every activation whose derivative is written out, by the name that `--activation` and the models take."""

_CHOICE = "hnn_tf.numerics.activation_choice"  # imported when it is asked: the names alone need no TensorFlow


def get(activation: Any) -> "Activation":
    """The activation that a name or a function stands for: `activation_choice.get`."""
    return importlib.import_module(_CHOICE).get(activation)


def get_smooth(activation: Any) -> "Activation":
    """The same for a Hamiltonian, whose derivative is the motion: `activation_choice.get_smooth`."""
    return importlib.import_module(_CHOICE).get_smooth(activation)
