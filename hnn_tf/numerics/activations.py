"""Activations by name."""

from typing import TYPE_CHECKING

from hnn_tf.input_error import InputError
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
        "tanh": "hnn_tf.numerics.activation_functions:tanh",
    }
)
"""Every activation by the name that `--activation` and the models take."""


def get(name: str) -> "Activation":
    """The activation of that name.

    Raises:
      ValueError: If there is none.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"activation: expected one of {', '.join(sorted(ACTIVATIONS))}; received {name!r}")
    return ACTIVATIONS[name]


def get_smooth(name: str) -> "Activation":
    """The activation of that name, for a Hamiltonian.

    Raises:
      ValueError: If there is none.
      InputError: If it isn't smooth: the motion is H's derivative.
    """
    activation = get(name)
    if not activation.smooth:
        raise InputError(
            f"activation {name!r}: expected a smooth one for a Hamiltonian, whose derivative is the motion; "
            "use 'tanh', 'silu', 'softplus' or 'sine'"
        )
    return activation
