"""Measuring models against the truth, under the clean protocol and the paper's."""

from hnn_tf.evaluation import paper_protocol
from hnn_tf.evaluation.clean_protocol import evaluate_rollouts
from hnn_tf.evaluation.derivatives import derivative_mse
from hnn_tf.evaluation.energy import Slope, energy_drift, energy_mse, energy_slope
from hnn_tf.evaluation.published_results import PUBLISHED_RESULTS
from hnn_tf.evaluation.rollouts import evaluation_rollout
from hnn_tf.evaluation.symplecticity import (
    Symplecticity,
    return_error,
    step_jacobian,
    symplectic_defect,
    symplecticity,
)
from hnn_tf.evaluation.trajectories import VALID_ERROR, coordinate_mse, valid_prediction_time

__all__ = [
    "PUBLISHED_RESULTS",
    "Slope",
    "Symplecticity",
    "VALID_ERROR",
    "coordinate_mse",
    "derivative_mse",
    "energy_drift",
    "energy_mse",
    "energy_slope",
    "evaluate_rollouts",
    "evaluation_rollout",
    "paper_protocol",
    "return_error",
    "step_jacobian",
    "symplectic_defect",
    "symplecticity",
    "valid_prediction_time",
]
