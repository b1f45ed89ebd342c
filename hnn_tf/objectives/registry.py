"""Objectives by name."""

from typing import TYPE_CHECKING

from hnn_tf.registry import Registry

if TYPE_CHECKING:
    from hnn_tf.objectives.base import Objective

OBJECTIVES: Registry[type["Objective"]] = Registry(
    {
        "derivative": "hnn_tf.objectives.derivative_matching:DerivativeMatching",
        "one_step": "hnn_tf.objectives.one_step:OneStep",
        "trajectory": "hnn_tf.objectives.trajectory_matching:TrajectoryMatching",
        "combined": "hnn_tf.objectives.combined_matching:CombinedMatching",
        "weak": "hnn_tf.objectives.weak_form:WeakForm",
    }
)
"""Every objective of the package, by the name that `--objective` takes."""
