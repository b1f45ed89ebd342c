"""Measuring models against the truth, under the clean protocol and the paper's."""

from hnn_tf.evaluation import paper_protocol
from hnn_tf.evaluation.clean_protocol import evaluate_rollouts
from hnn_tf.evaluation.derivatives import derivative_mse
from hnn_tf.evaluation.energy import energy_drift, energy_mse
from hnn_tf.evaluation.published_results import PUBLISHED_RESULTS
from hnn_tf.evaluation.rollouts import evaluation_rollout
from hnn_tf.evaluation.trajectories import VALID_ERROR, coordinate_mse, valid_prediction_time

__all__ = [
    "PUBLISHED_RESULTS",
    "VALID_ERROR",
    "coordinate_mse",
    "derivative_mse",
    "energy_drift",
    "energy_mse",
    "evaluate_rollouts",
    "evaluation_rollout",
    "paper_protocol",
    "valid_prediction_time",
]
