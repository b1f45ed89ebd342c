"""Fits of a Hamiltonian to data in one call."""

from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.closed_form.free_terms import FreeTerms
from hnn_tf.closed_form.hamiltonian_regression import HamiltonianFit, HamiltonianRegression
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.closed_form.inverse_mass import warn_of_negative_masses
from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.linear_hamiltonian import linear_hamiltonian
from hnn_tf.closed_form.ridge_regression import RidgeRegression
from hnn_tf.closed_form.weak_fit import WeakFit, weak_regression
from hnn_tf.declarations import declared
from hnn_tf.objectives.weak_form import WeakForm
from hnn_tf.typing import Samples


def fit(
    model: Any,
    samples: Samples,
    *,
    adapt: bool = True,
    friction: bool = False,
    gains: InputGains | None = None,
    ridge: float | None = None,
    seed: int = 0,
) -> HamiltonianFit:
    """Fits a Hamiltonian that is linear in its coefficients by one least-squares solve.

    The function adapts the features to the states, solves for the coefficients and assigns them. Previously learned
    coefficients are lost. Any training can continue from the result. For a perceptron whose hidden layers will also be
    trained, give a ridge of about 1e-6 per observed number. Such a ridge costs little accuracy. Without a ridge, the
    coefficients are so large that one training step destroys the fit.

    Args:
      model: A `HamiltonianNetwork`, or its Hamiltonian: a `RandomFeatureHamiltonian`, a
        `RandomFeatureMechanicalHamiltonian`, or an `MLPHamiltonian`, whose last kernel is solved for while its hidden
        layers stay unchanged. The fitted gains become those of the network's `LinearInput`.
      samples: The columns `state` and `time_derivative`, `[N, 2n]`, and, if there are inputs, `inputs` `[N, m]`.
      adapt: Whether adaptable features, those of random features, are made again from the states.
      friction: Whether a linear friction -gamma_i p_i is also fitted; see `HamiltonianFit.friction`. The model itself
        gets no friction. (`LinearFriction` and `fit_trajectories` use -gamma dH/dp. Where dq/dt = p / m, their gamma is
        m times this gamma.)
      gains: The gains of the inputs, if a Hamiltonian alone is given; by default, the gains of all momenta are fitted.
        A network's own `LinearInput` knows its gains or not.
      ridge: The strength > 0 of the penalty; by default, generalised cross-validation chooses it.
      seed: The seed of the features.

    Returns:
      The ridge, effective degrees of freedom, noise, friction and gains with their errors, and error bars of energy and
      motion.

    Raises:
      InputError: If the model or the samples are not valid.

    Warns:
      InputWarning: If H is mechanical, and its inverse mass matrix is not positive definite at a position.
    """
    state, time_derivative = np.asarray(samples["state"]), np.asarray(samples["time_derivative"])
    hamiltonian = linear_hamiltonian(model, samples)
    gains = InputGains.of(model, samples, given=gains)
    regression = HamiltonianRegression(hamiltonian, friction=friction, gains=gains)
    if adapt and declared(hamiltonian, "adapt"):
        hamiltonian.adapt(state, seed=seed)
    regression.add(state, time_derivative, None if gains is None else np.asarray(samples["inputs"]))
    found = regression.solve(ridge=ridge)
    hamiltonian.assign_coefficients(found.solution.coefficients)
    warn_of_negative_masses(hamiltonian, state)
    if gains is not None:
        gains.assign(model, found.gains)
    return found


def fit_weak(
    model: Any,
    samples: Samples,
    objective: WeakForm,
    *,
    adapt: bool = True,
    friction: bool = False,
    gains: InputGains | None = None,
    seed: int = 0,
) -> WeakFit:
    """Fits a Hamiltonian that is linear in its coefficients by the weak form: one solve, without derivatives.

    Args:
      model: As in `fit`.
      samples: The columns `times` `[N, T]` and `states` `[N, T, 2n]` and, if there are inputs, `inputs` and
        `end_inputs`, `[N, T, m]` each, as `WeakForm` has them.
      objective: The weak form, with its window.
      adapt: As in `fit`.
      friction: As in `fit`.
      gains: As in `fit`.
      seed: The seed of the features.

    Returns:
      The coefficients, their covariance, the ridge and the noise, and friction and gains with their errors.

    Raises:
      InputError: If the model or the samples are not valid.

    Warns:
      InputWarning: If H is mechanical, and its inverse mass matrix is not positive definite at a position.
    """
    states = np.asarray(samples["states"], np.float64)
    hamiltonian = linear_hamiltonian(model, samples)
    gains = InputGains.of(model, samples, given=gains)
    if adapt and declared(hamiltonian, "adapt"):
        hamiltonian.adapt(states.reshape(-1, states.shape[-1]), seed=seed)
    terms, field = FreeTerms(friction, gains), LinearField(hamiltonian)
    rows, targets = weak_regression(
        lambda state: tf.concat([terms.friction_columns(state), field.columns(state, hamiltonian.coefficients)], -1),
        gains,
        samples,
        objective,
        known_motion=field.known_motion,
    )
    num_free = terms.num_free(states.shape[-1])
    regression = RidgeRegression(rows.shape[1] - num_free, num_free=num_free)
    regression.add(rows, targets)
    found = WeakFit(**vars(regression.solve()), terms=terms)
    hamiltonian.assign_coefficients(found.coefficients)
    warn_of_negative_masses(hamiltonian, states)
    if gains is not None:
        gains.assign(model, found.gains)
    return found
