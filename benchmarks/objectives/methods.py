"""The methods of the comparison of objectives, as flags."""

from typing import Any

SHOOTING = {"steps": 150, "learning_rate": 3e-4, "learning_rate_schedule": "cosine"}
"""The flags for networks that begin at the result of a closed form.

`benchmarks.objective_settings` found the flags on held-out trajectories of other seeds. At a learning rate of 1e-3,
Adam's first steps spoil such a start.
"""

STATES_ONLY = {"objective": "trajectory", "steps": 0}
"""The flags that `benchmarks.objective_settings` found for fits without derivatives.

In such fits, training steps fit noise, and the effect of this noise is larger than the error of the start.
"""

METHODS: dict[str, dict[str, Any]] = {
    "derivative": {},
    "derivative, estimated": {"derivatives": "smoothing_spline"},
    "one_step": {"objective": "one_step", "optimizer": "lbfgs", "steps": 200, "weight_decay": 0.0},
    "weak": {"objective": "weak"},
    "trajectory": STATES_ONLY,
    "combined": {"objective": "combined", **SHOOTING},
    "trajectory, reversible": {"time_reversible": True, **STATES_ONLY},
    "combined, reversible": {"objective": "combined", "time_reversible": True, **SHOOTING},
    "closed form: derivative": {"model": "random_features"},
    "closed form: weak": {"model": "random_features", "objective": "weak"},
    "closed form: trajectory": {"model": "random_features", "objective": "trajectory"},
    "closed form: combined": {"model": "random_features", "objective": "combined"},
    "closed form: trajectory, reversible": {
        "model": "random_features",
        "objective": "trajectory",
        "time_reversible": True,
    },
    "closed form: combined, reversible": {"model": "random_features", "objective": "combined", "time_reversible": True},
}
"""The flags of each method that differ from the defaults of the task's trainer.

The methods named trajectory, weak, one_step or estimated see only the states."""
