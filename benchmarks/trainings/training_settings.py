"""The trainers' flags, for trainings that no command line starts."""

import types
from typing import Any

DEFAULTS: dict[str, Any] = {
    "activation": "tanh",
    "average_weights": False,
    "batch_size": 0,
    "derivatives": None,
    "growth_steps": 0,
    "hidden_units": ["200", "200"],
    "huber": 0.0,
    "integrator": "rk4",
    "learning_rate": 1e-3,
    "learning_rate_schedule": "constant",
    "model": "hnn",
    "noise_std": 0.1,
    "objective": "derivative",
    "optimizer": "adam",
    "patience": 0,
    "precision": "float32",
    "progress": "none",
    "protocol": "clean",
    "segments": 0,
    "steps": 2000,
    "substeps": None,
    "time_reversible": False,
    "weight_decay": 1e-4,
}
"""The trainers' flags, as the planar tasks' flagfiles have them; a test compares."""


def of(**changes: Any) -> types.SimpleNamespace:
    """The flags of a training that differs in these from `DEFAULTS`."""
    return types.SimpleNamespace(**(DEFAULTS | changes))
