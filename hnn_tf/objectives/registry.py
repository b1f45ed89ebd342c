"""Objectives by name."""

from typing import Any

from hnn_tf.registry import Registry

OBJECTIVES: Registry[Any] = Registry(
    {
        "derivative": "hnn_tf.objectives.derivative_matching:DerivativeMatching",
        "one_step": "hnn_tf.objectives.one_step:OneStep",
        "trajectory": "hnn_tf.objectives.trajectory_matching:TrajectoryMatching",
        "combined": "hnn_tf.objectives.combined_matching:CombinedMatching",
        "inverse_dynamics": "hnn_tf.objectives.inverse_dynamics:InverseDynamics",
        "forward_dynamics": "hnn_tf.objectives.forward_dynamics:ForwardDynamics",
        "weak": "hnn_tf.objectives.weak_form:WeakForm",
    }
)
"""The classes of all objectives of the package, by the names that `--objective` takes."""
