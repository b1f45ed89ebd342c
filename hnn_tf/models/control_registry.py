"""The control layers of models with a Hamiltonian, by name."""

from collections.abc import Callable
from typing import Any

from hnn_tf.registry import Registry

CONTROLS: Registry[Callable[..., Any]] = Registry(
    {
        "linear": "hnn_tf.models.presets:linear_control",
        "mlp": "hnn_tf.models.presets:mlp_control",
    }
)
"""The builders of the control layer G of models with a Hamiltonian, by the names in `--control`."""
