"""The closed form for whole trajectories: noisy states at any times, with or without derivatives."""

import dataclasses
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.closed_form.evidence import posterior
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.closed_form.inverse_mass import warn_of_negative_masses
from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.linear_hamiltonian import linear_hamiltonian
from hnn_tf.closed_form.trajectory_fit import TrajectoryFit
from hnn_tf.closed_form.trajectory_fitter import TrajectoryFitter
from hnn_tf.closed_form.weak_fit import weak_regression
from hnn_tf.data.segments import Segments
from hnn_tf.declarations import declared
from hnn_tf.derivative_estimators import SmoothingSpline
from hnn_tf.input_error import InputError
from hnn_tf.numerics.substeps import warn_if_too_few
from hnn_tf.objectives.weak_form import WeakForm
from hnn_tf.typing import Samples

_WINDOW = 10
"""The window of the weak form, which gives the first coefficients if there are no derivatives."""

SLOPE = 0.4
"""The slope of the features in standardised states: the value with the largest evidence for pendulums and springs."""

_FREE_SCALE = 1e3
"""The prior scale of friction and gains relative to the coefficients of random features, which have H's unit.

The scale is in units of the effect on the motion. The scale is so large that friction and gains are practically free.
"""


def fit_trajectories(
    hamiltonian: Any,
    samples: Samples,
    *,
    friction: bool = False,
    gains: InputGains | None = None,
    adapt: bool = True,
    seed: int = 0,
    slope: float = SLOPE,
    integrator: str | integrators.Integrator = "rk4",
    substeps: int | None = None,
    max_iterations: int = 30,
) -> TrajectoryFit:
    """Fits a Hamiltonian that is linear in its coefficients to whole trajectories, by a few linear solves.

    The function fits coefficients, initial states and noise levels at once: see `TrajectoryFitter`. The first
    coefficients come from one linear regression, on the derivatives if they are given and otherwise on the weak form.
    The fitted coefficients are assigned to the Hamiltonian.

    Args:
      hamiltonian: A `RandomFeatureHamiltonian`, a `RandomFeatureMechanicalHamiltonian`, a `TimeReversibleHamiltonian`
        that contains one, or the network that has it.
      samples: The columns `times` `[N, T]`, `states` `[N, T, 2n]`, optionally `time_derivatives` of the same shape, and
        optionally `initial_state` `[N, W, 2n]`. Only the number W of `initial_state` is used: the W segments of a
        trajectory are fitted as separate trajectories. By default, W is 1. Angles must continue beyond pi and not jump
        to -pi. If there are inputs, `inputs` and `end_inputs`, `[N, T, m]` each, between which they change linearly
        within an interval; see `TrajectoryMatching`.
      friction: Whether a coefficient of linear friction is also fitted, R = diag(0, g). The coefficient is the
        posterior's last one.
      gains: The gains of the inputs, if a Hamiltonian alone is given; by default, the gains of all momenta are fitted.
        Fitted gains are the posterior's first coefficients. A network's own `LinearInput` knows its gains or not.
      adapt: Whether the features are made again from the states.
      seed: The seed of the features.
      slope: The slope of the features in standardised states. With a larger slope, the features can represent a rougher
        H.
      integrator: An explicit Runge-Kutta method.
      substeps: The number of integrator steps in each interval. By default, the number is doubled until the
        integrator's error is at most a tenth of the statistical error. If a given number is too small, it is used with
        an `IntegrationWarning`.
      max_iterations: The largest number of Gauss-Newton iterations for each number of substeps.

    Returns:
      The fit; its `initial_state` is `[N, W, 2n]` as in `samples`.

    Raises:
      InputError: If the Hamiltonian is not linear in its coefficients, Hamiltonian or samples have parameters, or times
        or states are not valid, for example because a coordinate is constant.
      ValueError: If `max_iterations` or `substeps` is below 1.
      ArithmeticError: If the motion diverges before it fits.

    Warns:
      IntegrationWarning: If the substeps, given or chosen, are too few for the fitted parameters.
      InputWarning: If H is mechanical, and its inverse mass matrix is not positive definite at a fitted state.
    """
    if max_iterations < 1:
        raise ValueError(f"max_iterations: expected an integer >= 1; received {max_iterations}")
    states = np.asarray(samples["states"], np.float64)
    constant = np.flatnonzero(np.ptp(states, (0, 1)) == 0.0)
    if constant.size:
        raise InputError(
            "closed form: expected states that move and have noise; received constant coordinates "
            f"{constant.tolist()}; leave the degrees of freedom of such coordinates out"
        )
    samples = {"initial_state": states[:, :1], **samples}
    model, hamiltonian = hamiltonian, linear_hamiltonian(hamiltonian, samples)
    if declared(hamiltonian, "coefficient_scales") is None:
        raise InputError(
            f"closed form: expected RandomFeatureHamiltonian for trajectories; received {hamiltonian!r}; train "
            "this Hamiltonian by TrainingLoop"
        )
    gains = InputGains.of(model, samples, given=gains)
    fitted, hamiltonian = hamiltonian, _in_float64(hamiltonian)
    if adapt and declared(hamiltonian, "adapt"):
        hamiltonian.adapt(states.reshape(-1, states.shape[-1]), seed=seed, slope=slope)
    segmented = _segmented(samples)
    smooth = {**samples, "states": _smoothed(samples["times"], states)}
    scales = np.concatenate([_gain_scales(gains, smooth), np.asarray(hamiltonian.coefficient_scales, np.float64)])
    coefficients = _first_coefficients(hamiltonian, gains, smooth if "time_derivatives" in samples else samples, scales)
    if friction:
        coefficients = np.append(coefficients, 0.0)
        scales = np.append(scales, _friction_scale(samples["times"], smooth["states"]))
    field = LinearField(hamiltonian, friction=friction, gains=gains)
    fitter = TrajectoryFitter(field, scales, segmented, integrator=integrator, substeps=substeps)
    num_segments = np.shape(samples["initial_state"])[1]
    guess = smooth["states"][:, Segments(states.shape[1], num_segments).starts[:-1]]
    found = fitter.fit(coefficients, guess.reshape(-1, guess.shape[-1]), max_iterations=max_iterations)
    warn_if_too_few(found.substeps, found.integration_error)
    found = dataclasses.replace(found, initial_state=found.initial_state.reshape(guess.shape))
    found = _with_physical_parameters(found, gains, friction=friction)
    mean, num_gains = found.posterior.mean.numpy(), 0 if gains is None else gains.num_unknown
    hamiltonian.assign_coefficients(mean[num_gains : len(mean) - friction])
    warn_of_negative_masses(hamiltonian, found.states)
    if gains is not None:
        gains.assign(model, found.gains)
    if fitted is not hamiltonian:
        for variable, value in zip(fitted.weights, hamiltonian.weights, strict=True):
            variable.assign(value)
    return found


def _with_physical_parameters(found: TrajectoryFit, gains: InputGains | None, *, friction: bool) -> TrajectoryFit:
    """Returns the fit with gains and friction as numbers of their own, beside the posterior that has them."""
    mean, std = found.posterior.mean.numpy(), np.sqrt(np.diag(found.posterior.covariance))
    if gains is not None and gains.num_unknown:
        matrices = [gains.matrix(values[: gains.num_unknown]) for values in (mean, std)]
        found = dataclasses.replace(found, gains=matrices[0], gains_std=matrices[1])
    if friction:
        found = dataclasses.replace(found, friction=float(mean[-1]), friction_std=float(std[-1]))
    return found


def _smoothed(times: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Returns smoothed states, which are nearer to the truth, or the observed states if there are too few of them."""
    spline = SmoothingSpline()
    return spline.estimate(times, states).states if states.shape[1] >= spline.min_points else states


def _friction_scale(times: np.ndarray, states: np.ndarray) -> float:
    """Returns the friction's prior scale.

    H is about q dp/dt, and friction is about (dp/dt) / (dq/dt), which is 1 / (q dq/dt) times H.
    """
    q = states[..., : states.shape[-1] // 2]
    velocity = np.diff(q, axis=1) / np.diff(times, axis=1)[..., np.newaxis]
    return _FREE_SCALE / float(np.sqrt(np.mean(np.var(q, (0, 1))) * np.mean(velocity**2)))


def _gain_scales(gains: InputGains | None, samples: Samples) -> np.ndarray:
    """Returns the prior scales of unknown gains, row by row.

    H is about q_i dp_i/dt, and the gain B_ij is about (dp_i/dt) / u_j, which is 1 / (q_i u_j) times H.
    """
    if gains is None or not gains.num_unknown:
        return np.zeros([0])
    q, inputs = samples["states"][..., : gains.dof], np.asarray(samples["inputs"], np.float64)
    size = np.sqrt(np.mean(inputs**2, (0, 1)))[gains.acting]
    return _FREE_SCALE / np.outer(np.std(q, (0, 1)), size).ravel()


def _in_float64(hamiltonian: Any) -> Any:
    """Returns the layer itself, or a copy in double precision, because sums of features lose many digits."""
    if declared(hamiltonian, "compute_dtype") in (None, "float64"):
        return hamiltonian
    copy = type(hamiltonian).from_config(_double(hamiltonian.get_config()))
    if hamiltonian.built:
        copy.build([None, hamiltonian.input_spec.axes[-1]])
        for variable, value in zip(copy.weights, hamiltonian.weights, strict=True):
            variable.assign(value)
    return copy


def _double(config: Any) -> Any:
    """Returns a layer's configuration, with the precision of the layer and of all inner layers set to float64."""
    if not isinstance(config, dict):
        return config
    return {name: "float64" if name == "dtype" else _double(value) for name, value in config.items()}


def _segmented(samples: Samples) -> dict[str, np.ndarray]:
    """Returns the segments `[N W, L + 1, ...]` as separate trajectories, in which each observation counts once."""
    times = np.asarray(samples["times"], np.float64)
    segments = Segments(times.shape[1], np.shape(samples["initial_state"])[1])
    columns = {"counted": np.tile(segments.counted, [len(times), 1])}
    for name in ("times", "states", "time_derivatives", "inputs", "end_inputs"):
        if name in samples:
            column = np.asarray(samples[name], np.float64)[:, segments.indices]
            columns[name] = column.reshape(-1, *column.shape[2:])
    return columns


def _first_coefficients(hamiltonian: Any, gains: InputGains | None, samples: Samples, scales: np.ndarray) -> np.ndarray:
    """Returns gains and coefficients of one regression, on derivatives at the given states or on the weak form."""
    none = tf.zeros([0], tf.float64)
    states = np.asarray(samples["states"], np.float64)
    if "time_derivatives" in samples:
        flat = tf.constant(states.reshape(-1, states.shape[-1]))
        targets = np.reshape(samples["time_derivatives"], flat.shape)
        inputs = None if gains is None else tf.constant(np.reshape(samples["inputs"], [len(flat), -1]), tf.float64)
        columns = LinearField(hamiltonian, gains=gains).columns(flat, none, inputs)
        if gains is not None:
            targets = targets - gains.known_motion(inputs)
        rows, targets = columns.numpy().reshape(-1, columns.shape[-1]), np.reshape(targets, -1)
    else:
        weak, field = WeakForm(window=min(_WINDOW, states.shape[1])), LinearField(hamiltonian)
        rows, targets = weak_regression(lambda state: field.columns(state, none), gains, samples, weak)
    rows, targets = tf.constant(rows, tf.float64), tf.constant(targets, tf.float64)
    return posterior(
        tf.matmul(rows, rows, transpose_a=True),
        tf.linalg.matvec(rows, targets, transpose_a=True),
        tf.reduce_sum(targets**2),
        int(targets.shape[0]),
        tf.constant(scales),
    ).mean.numpy()
