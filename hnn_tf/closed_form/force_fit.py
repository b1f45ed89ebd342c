"""The fit of a mechanical Hamiltonian to forces in one call."""

import dataclasses
from typing import Any

import numpy as np

from hnn_tf.closed_form.force_regression import ForceFit, ForceRegression, least_eigenvalue
from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.models.hamiltonian_network import HamiltonianNetwork
from hnn_tf.typing import Samples

_COLUMNS = ("position", "velocity", "acceleration", "force")


def fit_inverse_dynamics(
    model: Any, samples: Samples, *, adapt: bool = True, ridge: float | None = None, seed: int = 0
) -> ForceFit:
    """Fits mass matrix, potential and friction to generalised forces by one least-squares solve.

    The function adapts the features to the positions, solves for the coefficients and assigns them. Previously learned
    coefficients are lost.

    Args:
      model: A `HamiltonianNetwork`, or its `MechanicalHamiltonian` with a `RandomFeatureMassMatrix` and a
        `RandomFeatureEnergy`. If the network has a `LinearFriction`, one common coefficient gamma >= 0 is fitted, too.
      samples: The columns `position`, `velocity`, `acceleration` and `force`, `[N, n]` each.
      adapt: Whether the features are made again from the positions.
      ridge: The strength > 0 of the penalty; by default, generalised cross-validation chooses it.
      seed: The seed of the features.

    Returns:
      The coefficients, the ridge and the noise of the forces.

    Raises:
      InputError: If the model or the samples are not valid, the samples do not determine a constant mass matrix, or the
        fitted mass matrix is not positive definite at a position of the samples.
    """
    network = isinstance(model, HamiltonianNetwork)
    hamiltonian, dissipation = (model.hamiltonian, model.dissipation) if network else (model, None)
    if not declared(hamiltonian, "forces_have_closed_form"):
        raise InputError(
            "closed form: expected a MechanicalHamiltonian with RandomFeatureMassMatrix and RandomFeatureEnergy; "
            f"received {hamiltonian!r}; take mechanical_features, or train this Hamiltonian by TrainingLoop"
        )
    if declared(model, "constraints") is not None:
        raise InputError(
            "closed form: expected a model without constraints, because their forces are unknown; received "
            "constraints; leave them out, or train this model by TrainingLoop"
        )
    if dissipation is not None and declared(dissipation, "assign_coefficient") is None:
        raise InputError(
            f"closed form: expected LinearFriction or no dissipation; received {dissipation!r}; train this model by "
            "TrainingLoop"
        )
    if "parameters" in samples:
        # One M and one V of all samples would be those of no parameters at all.
        raise InputError(
            "closed form: expected samples without parameters; received the column 'parameters'; fit the samples of "
            "each value alone, or train MLPMassMatrix(num_parameters=k) by TrainingLoop"
        )
    columns = [np.asarray(samples[name]) for name in _COLUMNS]
    if columns[0].ndim != 2 or any(column.shape != columns[0].shape for column in columns):
        raise InputError(
            f"closed form: expected the columns {', '.join(_COLUMNS)}, [N, n] each; received shapes "
            f"{', '.join(str(column.shape) for column in columns)}"
        )
    if not model.built:
        model.build([None, 2 * columns[0].shape[1]])
    if adapt:
        for index, part in enumerate((hamiltonian.mass_matrix, hamiltonian.potential)):
            part.adapt(columns[0], seed=2 * seed + index)
    friction = dissipation is not None
    found = _solved(hamiltonian, columns, friction=friction, ridge=ridge)
    if found.friction is not None and found.friction < 0:  # less than none would drive the system
        found = dataclasses.replace(_solved(hamiltonian, columns, friction=False, ridge=ridge), friction=0.0)
    least = least_eigenvalue(hamiltonian, found, columns[0])
    if not least > 0:
        raise InputError(
            f"closed form: expected a positive definite mass matrix at all {len(columns[0])} positions; the fitted one "
            f"has the eigenvalue {least:.3g}; give motions with more different accelerations, or fewer features, or "
            "train MLPMassMatrix"
        )
    hamiltonian.mass_matrix.assign_coefficients(found.constant, found.mass_coefficients)
    hamiltonian.potential.assign_coefficients(found.potential_coefficients)
    if dissipation is not None:
        dissipation.assign_coefficient(found.friction)
    return found


def _solved(hamiltonian: Any, columns: list[np.ndarray], *, friction: bool, ridge: float | None) -> ForceFit:
    regression = ForceRegression(hamiltonian, friction=friction)
    regression.add(*columns)
    return regression.solve(ridge=ridge)
