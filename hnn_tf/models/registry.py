"""The models of states, by name."""

from collections.abc import Callable
from typing import Any

from hnn_tf.registry import Registry

MODELS: Registry[Callable[..., Any]] = Registry(
    {
        "baseline": "hnn_tf.models.presets:baseline",
        "hnn": "hnn_tf.models.presets:hnn",
        "hnn_dissipation": "hnn_tf.models.presets:hnn_dissipation",
        "hnn_friction": "hnn_tf.models.presets:hnn_friction",
        "random_features": "hnn_tf.models.presets:random_features",
        "random_features_friction": "hnn_tf.models.presets:random_features_friction",
        "second_order": "hnn_tf.models.presets:second_order",
    }
)
"""The builders of all models of states, by the names in `--model`; `hnn_tf.models.presets` lists their arguments."""
