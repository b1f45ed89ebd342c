"""Hamiltonians that are linear in their coefficients, fitted by one least-squares solve."""

from hnn_tf.closed_form.evidence import Posterior
from hnn_tf.closed_form.fit import fit, fit_weak
from hnn_tf.closed_form.hamiltonian_regression import HamiltonianFit, HamiltonianRegression
from hnn_tf.closed_form.ridge_regression import RidgeRegression, RidgeSolution
from hnn_tf.closed_form.trajectories import fit_trajectories
from hnn_tf.closed_form.trajectory_fit import TrajectoryFit

__all__ = [
    "HamiltonianFit",
    "HamiltonianRegression",
    "Posterior",
    "RidgeRegression",
    "RidgeSolution",
    "TrajectoryFit",
    "fit",
    "fit_trajectories",
    "fit_weak",
]
