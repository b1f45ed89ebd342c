"""Hamiltonians that are linear in their coefficients, fitted by one least-squares solve."""

from hnn_tf.closed_form.fit import fit
from hnn_tf.closed_form.hamiltonian_regression import HamiltonianFit, HamiltonianRegression
from hnn_tf.closed_form.ridge_regression import RidgeRegression, RidgeSolution

__all__ = ["HamiltonianFit", "HamiltonianRegression", "RidgeRegression", "RidgeSolution", "fit"]
