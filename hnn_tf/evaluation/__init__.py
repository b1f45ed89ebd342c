"""Measuring models against the truth, under the clean protocol and the paper's."""

from hnn_tf.evaluation import paper_protocol
from hnn_tf.evaluation.clean_protocol import evaluate_rollouts
from hnn_tf.evaluation.conserved_quantities import conserved_quantity_errors
from hnn_tf.evaluation.derivatives import derivative_error_spread, derivative_mse
from hnn_tf.evaluation.energy import Slope, energies, energy_drift, energy_mse, energy_slope, median_energy_mse
from hnn_tf.evaluation.frame_angles import angles_of_frames
from hnn_tf.evaluation.frame_states import fit_latent_map, states_of_frame_pairs, swing_energy
from hnn_tf.evaluation.friction_interval import FrictionInterval, friction_interval
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
    "FrictionInterval",
    "PUBLISHED_RESULTS",
    "Slope",
    "Symplecticity",
    "VALID_ERROR",
    "angles_of_frames",
    "conserved_quantity_errors",
    "coordinate_mse",
    "derivative_error_spread",
    "derivative_mse",
    "energies",
    "energy_drift",
    "energy_mse",
    "energy_slope",
    "evaluate_rollouts",
    "evaluation_rollout",
    "fit_latent_map",
    "friction_interval",
    "median_energy_mse",
    "paper_protocol",
    "return_error",
    "states_of_frame_pairs",
    "step_jacobian",
    "swing_energy",
    "symplectic_defect",
    "symplecticity",
    "valid_prediction_time",
]
