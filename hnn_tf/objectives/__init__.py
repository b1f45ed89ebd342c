"""Objectives: what it means that a model fits."""

from hnn_tf.objectives.base import Objective
from hnn_tf.objectives.combined_matching import CombinedMatching
from hnn_tf.objectives.derivative_matching import DerivativeMatching
from hnn_tf.objectives.latent_matching import LatentMatching
from hnn_tf.objectives.one_step import OneStep
from hnn_tf.objectives.registry import OBJECTIVES
from hnn_tf.objectives.trajectory_matching import TrajectoryMatching
from hnn_tf.objectives.weak_form import WeakForm

__all__ = [
    "OBJECTIVES",
    "CombinedMatching",
    "DerivativeMatching",
    "LatentMatching",
    "Objective",
    "OneStep",
    "TrajectoryMatching",
    "WeakForm",
]
