"""The closed form for point masses with constraints: their masses, potential, friction and gains of inputs."""

from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.closed_form.constrained_field import ConstrainedField
from hnn_tf.closed_form.evidence import Posterior, posterior
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.closed_form.joint_derivatives import joint_accelerations
from hnn_tf.closed_form.trajectories import SLOPE
from hnn_tf.closed_form.trajectory_fit import TrajectoryFit, with_physical_parameters
from hnn_tf.closed_form.trajectory_fitter import TrajectoryFitter
from hnn_tf.closed_form.trajectory_start import friction_scale, gain_scales, in_float64
from hnn_tf.constraints.derivatives import constraint_jacobian
from hnn_tf.constraints.manifold import projected, violation
from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.numerics.substeps import warn_if_too_few
from hnn_tf.typing import Samples

_DEGREES = (9, 7, 5, 3)
"""The degrees of the polynomials, of which one gives the first accelerations: high for exact data, low for noise."""

_FREE_SCALE = 1e3
"""The prior scale of masses relative to the coefficients of random features, in units of their effect on the energy."""

_LEAST_GAIN = 0.1
"""The least gain of an iteration. Exact data have no noise, and without this end, rounding would keep it going."""

_FAR = 0.1
"""The largest rms of phi, relative to the spread of the positions, that noise may explain."""


def fit_constrained(
    model: Any,
    samples: Samples,
    *,
    adapt: bool = True,
    seed: int = 0,
    slope: float = SLOPE,
    integrator: str | integrators.Integrator = "rk8",
    substeps: int | None = None,
    max_iterations: int = 10,
) -> TrajectoryFit:
    """Fits masses and potential of points with constraints to short or long trajectories, by a few linear solves.

    The motion is that of `ConstrainedField`. In the tangent space of the manifold, where the forces of the constraints
    do not act, the equation M a + dV/dq + g v - B u = 0 is linear in all unknowns. One linear regression therefore
    gives their first values, with accelerations that come from positions and velocities. Gauss-Newton through the
    rolled-out motion follows, as in `TrajectoryFitter`. A motion determines masses, potential, friction and gains only
    up to a common factor. Unless the masses or the gains are known, the first mass is therefore 1. The fitted values
    are assigned to the model.

    Args:
      model: A `MechanicalVelocityNetwork`, with or without constraints. Its mass matrix is a `PointMassMatrix`, and its
        potential a `RandomFeaturePointEnergy` or a `RandomFeatureEnergy`. If the network has a `LinearFriction`, one
        common coefficient is fitted, too; if it has a `LinearInput`, its unknown gains.
      samples: The columns `times` `[N, T]`, T >= 3, and `states` `[N, T, 2n]` of positions and velocities. If the model
        has inputs, also `inputs` and `end_inputs` `[N, T, m]`, as in `fit_trajectories`.
      adapt: Whether the features are made again from the positions.
      seed: The seed of the features.
      slope: The slope of the features in standardised positions.
      integrator: An explicit Runge-Kutta method.
      substeps: The number of integrator steps in each interval, chosen by default.
      max_iterations: The largest number of Gauss-Newton iterations for each number of substeps.

    Returns:
      The fit. Its posterior has the unknown gains, the unknown masses, the potential's coefficients, and the friction.

    Raises:
      InputError: If the model is another one, the samples are not valid, or the positions are far from the manifold.
      ArithmeticError: If the motion diverges before it fits, or a fitted mass is not > 0.

    Warns:
      IntegrationWarning: If the substeps are too few for the fitted parameters.

    References:
      Finzi, Wang, Wilson. arXiv:2010.13581 (the constrained motion, trained by gradient descent there).
    """
    _check(model, samples)
    times, states = (np.asarray(samples[name], np.float64) for name in ("times", "states"))
    if not model.built:
        model.build([None, states.shape[-1]])
    mass_matrix, potential = model.mechanics.mass_matrix, in_float64(model.mechanics.potential)
    constraints = None if model.constraints is None else in_float64(model.constraints, states.shape[-1] // 2)
    starts = states[:, 0]
    if constraints is not None:
        _check_positions(constraints, states)
        starts = projected(constraints, starts).numpy()
    n = states.shape[-1] // 2
    if adapt:
        potential.adapt(states[..., :n].reshape(-1, n), seed=seed, slope=slope)
    gains, friction = InputGains.of(model, samples), model.dissipation is not None
    field = ConstrainedField(
        potential,
        constraints,
        mass_matrix.point_of_coordinate,
        masses=mass_matrix.known_masses,
        friction=friction,
        gains=gains,
    )
    scales = _scales(field, potential, gains, samples, friction=friction)
    first = _first_parameters(field, constraints, samples, scales)
    fitter = TrajectoryFitter(
        field,
        scales,
        samples,
        integrator=integrator,
        substeps=substeps,
        sensitivity_integrator="rk4",
        least_gain=_LEAST_GAIN,
    )
    found = fitter.fit(first.mean.numpy(), starts, max_iterations=max_iterations)
    warn_if_too_few(found.substeps, found.integration_error)
    _assign(model, field, found, gains, potential)
    return with_physical_parameters(found, gains, friction=friction)


def _check(model: Any, samples: Samples) -> None:
    mechanics = declared(declared(model, "hamiltonian"), "mechanics")
    linear = declared(declared(mechanics, "potential"), "feature_gradients") is not None
    if mechanics is None or not linear or declared(declared(mechanics, "mass_matrix"), "assign_masses") is None:
        raise InputError(
            "closed form: expected MechanicalVelocityNetwork with PointMassMatrix and RandomFeaturePointEnergy or "
            f"RandomFeatureEnergy; received {model!r}; train another model by TrainingLoop"
        )
    if model.dissipation is not None and declared(model.dissipation, "assign_coefficient") is None:
        raise InputError(
            f"closed form: expected LinearFriction or no dissipation; received {model.dissipation!r}; train this model "
            "by TrainingLoop"
        )
    missing = [name for name in ("times", "states") if name not in samples]
    if missing:
        raise InputError(f"closed form: expected the columns times and states; received none named {missing[0]}")
    times, states = (np.asarray(samples[name], np.float64) for name in ("times", "states"))
    if states.ndim != 3 or times.shape != states.shape[:2] or times.shape[1] < 3 or not np.isfinite(states).all():
        raise InputError(
            "closed form: expected times [N, T], T >= 3, and finite states [N, T, 2n]; received shapes "
            f"{times.shape} and {states.shape}"
        )
    if not (np.diff(times, axis=1) > 0).all():  # false for NaN
        raise InputError("closed form: expected finite times that increase; received others; sort the readings")
    if model.built and model.input_spec.axes[-1] != states.shape[-1]:
        raise InputError(
            f"closed form: expected states of width {model.input_spec.axes[-1]}, for which the model was built; "
            f"received width {states.shape[-1]}"
        )


def _check_positions(constraints: Any, states: np.ndarray) -> None:
    """Refuses positions that are far from the manifold."""
    distance, _ = violation(constraints, states.reshape(-1, states.shape[-1]))
    rms = float(np.sqrt(np.mean(np.square(distance))))
    positions = states[..., : states.shape[-1] // 2]
    if not rms <= _FAR * float(np.sqrt(np.mean(np.var(positions, (0, 1))))):
        raise InputError(
            f"closed form: expected positions on the manifold of the constraints; received errors of {rms:.3g} (root "
            "mean square); correct the lengths, the anchors or the order of the positions"
        )


def _scales(
    field: ConstrainedField, potential: Any, gains: InputGains | None, samples: Samples, *, friction: bool
) -> np.ndarray:
    """Returns the prior scales of the parameters. A mass is about the energy / velocity^2."""
    states = np.asarray(samples["states"], np.float64)
    of_masses = np.full(field.num_masses, _FREE_SCALE / np.mean(np.split(states, 2, -1)[1] ** 2))
    parts = [gain_scales(gains, samples), of_masses, np.asarray(potential.coefficient_scales, np.float64)]
    if friction:
        parts.append(np.array([friction_scale(np.asarray(samples["times"]), states)]))
    return np.concatenate(parts)


def _first_parameters(field: ConstrainedField, constraints: Any, samples: Samples, scales: np.ndarray) -> Posterior:
    """Returns the parameters of the regression in the tangent space, with the accelerations that fit it best."""
    times, states = (np.asarray(samples[name], np.float64) for name in ("times", "states"))
    flat, n = states.reshape(-1, states.shape[-1]), states.shape[-1] // 2
    tangent = None
    if constraints is not None:
        jacobian = constraint_jacobian(constraints, tf.constant(flat[:, :n])).numpy()
        tangent = np.eye(n) - np.linalg.pinv(jacobian, rcond=1e-8) @ jacobian
    inputs = tf.constant(np.reshape(samples["inputs"], [len(flat), -1]), tf.float64) if "inputs" in samples else None
    best, least = None, np.inf
    for degree in _DEGREES:
        if degree > 2 * times.shape[1] - 1:
            continue
        accelerations = joint_accelerations(times, states, degree).reshape(-1, n)
        columns, known = field.missing_force(tf.constant(flat), tf.constant(accelerations), inputs)
        rows, targets = columns.numpy(), -known.numpy()
        if tangent is not None:
            rows, targets = tangent @ rows, np.einsum("bij,bj->bi", tangent, targets)
        rows, targets = rows.reshape(-1, rows.shape[-1]), targets.reshape(-1)
        found = posterior(
            tf.constant(rows.T @ rows),
            tf.constant(rows.T @ targets),
            tf.constant(np.sum(targets**2)),
            len(targets),
            tf.constant(scales),
        )
        error = np.sum((rows @ found.mean.numpy() - targets) ** 2) / np.sum(targets**2)
        if error < least:
            best, least = found, error
    assert best is not None  # noqa: S101 - three readings allow degree 5
    return best


def _assign(
    model: Any, field: ConstrainedField, found: TrajectoryFit, gains: InputGains | None, potential: Any
) -> None:
    """Gives the fitted values to the model."""
    mean = found.posterior.mean.numpy()
    masses = field.masses(found.posterior.mean).numpy()
    if not (masses > 0).all():
        raise ArithmeticError(
            f"closed form: expected masses > 0; found {np.array2string(masses, precision=3)} relative to the first; "
            "give motions in which all points accelerate"
        )
    mechanics, last = model.mechanics, len(mean) - (model.dissipation is not None)
    if mechanics.mass_matrix.known_masses is None:
        mechanics.mass_matrix.assign_masses(masses)
    potential.assign_coefficients(mean[field.num_gains + field.num_masses : last])
    if potential is not mechanics.potential:
        for variable, value in zip(mechanics.potential.weights, potential.weights, strict=True):
            variable.assign(value)
    if model.dissipation is not None:
        model.dissipation.assign_coefficient(float(mean[-1]))
    if gains is not None:
        gains.assign(model, with_physical_parameters(found, gains, friction=False).gains)
