"""Objectives by name."""

from hnn_tf.objectives.base import Objective
from hnn_tf.objectives.combined_matching import CombinedMatching
from hnn_tf.objectives.derivative_matching import DerivativeMatching
from hnn_tf.objectives.one_step import OneStep
from hnn_tf.objectives.trajectory_matching import TrajectoryMatching
from hnn_tf.objectives.weak_form import WeakForm

OBJECTIVES: dict[str, type[Objective]] = {
    kind.name: kind for kind in (DerivativeMatching, OneStep, TrajectoryMatching, CombinedMatching, WeakForm)
}
"""Every objective of the package, by the name that `--objective` takes."""
