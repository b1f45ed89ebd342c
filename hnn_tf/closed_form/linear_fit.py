"""One call from data to a fitted Hamiltonian."""

from typing import Any

import numpy as np

from hnn_tf.closed_form.hamiltonian_regression import HamiltonianFit, HamiltonianRegression
from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.linear_hamiltonian import linear_hamiltonian
from hnn_tf.closed_form.ridge_regression import RidgeRegression, RidgeSolution
from hnn_tf.objectives.weak_form import WeakForm
from hnn_tf.typing import Samples


def fit(
    model: Any,
    samples: Samples,
    *,
    adapt: bool = True,
    friction: bool = False,
    ridge: float | None = None,
    seed: int = 0,
) -> HamiltonianFit:
    """Fits a Hamiltonian that is linear in its coefficients by one least-squares solve.

    Adapts the features to the states, solves for the coefficients and assigns them. What was learned before is lost;
    any training can go on from the result. Of a perceptron whose hidden layers will train, too, give a ridge of about
    1e-6 per observed number: it costs little, and without it the coefficients are so large that a step breaks the fit.

    Args:
      model: A `HamiltonianNetwork`, or its Hamiltonian: `RandomFeatureHamiltonian`, or `MLPHamiltonian`, of which the
        hidden layers stay as they are and the last kernel is solved for.
      samples: Columns `state` and `time_derivative`, `[N, 2n]`.
      adapt: Whether features that can be, those of `RandomFeatureHamiltonian`, are made anew from the states.
      friction: Whether a linear friction -gamma_i p_i is fitted beside, see `HamiltonianFit.friction`; the model has
        none. (`LinearFriction` and `fit_trajectories` take -gamma dH/dp: where dq/dt = p / m, gamma is m times this.)
      ridge: Strength > 0 of the penalty; chosen by generalised cross-validation if not given.
      seed: Of the features.

    Returns:
      Ridge, effective degrees of freedom, noise, friction, and error bars of energy and motion.

    Raises:
      InputError: If model or samples can't be used.
    """
    state, time_derivative = np.asarray(samples["state"]), np.asarray(samples["time_derivative"])
    hamiltonian = linear_hamiltonian(model, width=state.shape[-1])
    regression = HamiltonianRegression(hamiltonian, friction=friction)
    if adapt and hasattr(hamiltonian, "adapt"):
        hamiltonian.adapt(state, seed=seed)
    regression.add(state, time_derivative)
    found = regression.solve(ridge=ridge)
    hamiltonian.assign_coefficients(found.solution.coefficients)
    return found


def fit_weak(model: Any, samples: Samples, objective: WeakForm, *, adapt: bool = True, seed: int = 0) -> RidgeSolution:
    """Fits a Hamiltonian that is linear in its coefficients by the weak form: one solve, without derivatives.

    Args:
      model: As of `fit`.
      samples: Columns `times` `[N, T]` and `states` `[N, T, 2n]`.
      objective: The weak form, with its window.
      adapt: As of `fit`.
      seed: Of the features.

    Returns:
      Coefficients, their covariance, ridge and noise.

    Raises:
      InputError: If model or samples can't be used.
    """
    states = np.asarray(samples["states"], np.float64)
    hamiltonian = linear_hamiltonian(model, width=states.shape[-1])
    if adapt and hasattr(hamiltonian, "adapt"):
        hamiltonian.adapt(states.reshape(-1, states.shape[-1]), seed=seed)
    field = LinearField(hamiltonian)
    rows, targets = objective.linear_regression(
        lambda state: field.columns(state, hamiltonian.coefficients),
        {"times": np.asarray(samples["times"], np.float64), "states": states},
    )
    regression = RidgeRegression(rows.shape[1])
    regression.add(rows, targets)
    solution = regression.solve()
    hamiltonian.assign_coefficients(solution.coefficients)
    return solution
