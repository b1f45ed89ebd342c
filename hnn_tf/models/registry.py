"""Models of states by name."""

from collections.abc import Callable
from typing import Any

from hnn_tf.registry import Registry

MODELS: Registry[Callable[..., Any]] = Registry(
    {
        name: f"hnn_tf.models.presets:{name}"
        for name in (
            "baseline",
            "hnn",
            "hnn_dissipation",
            "hnn_friction",
            "random_features",
            "random_features_friction",
            "second_order",
        )
    }
)
"""Builders of every model of states, by the name that `--model` takes; see `hnn_tf.models.presets`."""
