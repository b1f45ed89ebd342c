"""The models of states, by name."""

from collections.abc import Callable
from typing import Any

from hnn_tf.registry import Registry

MODELS: Registry[Callable[..., Any]] = Registry(
    {
        "baseline": "hnn_tf.models.presets:baseline",
        "constant_mass": "hnn_tf.models.presets:constant_mass",
        "constant_mass_friction": "hnn_tf.models.presets:constant_mass_friction",
        "hnn": "hnn_tf.models.presets:hnn",
        "hnn_dissipation": "hnn_tf.models.presets:hnn_dissipation",
        "hnn_friction": "hnn_tf.models.presets:hnn_friction",
        "known_mass": "hnn_tf.models.presets:known_mass",
        "known_mass_dissipation": "hnn_tf.models.presets:known_mass_dissipation",
        "known_mass_friction": "hnn_tf.models.presets:known_mass_friction",
        "known_mass_random_features": "hnn_tf.models.presets:known_mass_random_features",
        "known_mass_random_features_friction": "hnn_tf.models.presets:known_mass_random_features_friction",
        "lagrangian": "hnn_tf.models.presets:lagrangian",
        "mechanical": "hnn_tf.models.presets:mechanical",
        "mechanical_features": "hnn_tf.models.presets:mechanical_features",
        "mechanical_friction": "hnn_tf.models.presets:mechanical_friction",
        "mechanical_random_features": "hnn_tf.models.presets:mechanical_random_features",
        "mechanical_random_features_friction": "hnn_tf.models.presets:mechanical_random_features_friction",
        "mechanical_velocity": "hnn_tf.models.presets:mechanical_velocity",
        "mechanical_velocity_features": "hnn_tf.models.presets:mechanical_velocity_features",
        "mechanical_velocity_friction": "hnn_tf.models.presets:mechanical_velocity_friction",
        "pairwise": "hnn_tf.models.presets:pairwise",
        "pairwise_random_features": "hnn_tf.models.presets:pairwise_random_features",
        "random_features": "hnn_tf.models.presets:random_features",
        "random_features_friction": "hnn_tf.models.presets:random_features_friction",
        "second_order": "hnn_tf.models.presets:second_order",
        "separable": "hnn_tf.models.presets:separable",
        "separable_friction": "hnn_tf.models.presets:separable_friction",
        "separable_random_features": "hnn_tf.models.presets:separable_random_features",
        "separable_random_features_friction": "hnn_tf.models.presets:separable_random_features_friction",
    }
)
"""The builders of all models of states, by the names in `--model`; `hnn_tf.models.presets` lists their arguments."""
