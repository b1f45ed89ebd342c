"""The closed form for whole trajectories: noisy states at any times, with or without derivatives."""

import dataclasses
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.closed_form.evidence import posterior
from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.linear_hamiltonian import linear_hamiltonian
from hnn_tf.closed_form.trajectory_fit import TrajectoryFit, TrajectoryFitter
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

_FRICTION_SCALE = 1e3
"""The prior scale of the coefficient of friction relative to those of random features, which have H's unit.

The scale is in units of the coefficient's effect on the motion. The scale is so large that the coefficient is
practically free.
"""


def fit_trajectories(
    hamiltonian: Any,
    samples: Samples,
    *,
    friction: bool = False,
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
      hamiltonian: A `RandomFeatureHamiltonian`, a `TimeReversibleHamiltonian` that contains one, or the network that
        has it.
      samples: The columns `times` `[N, T]`, `states` `[N, T, 2n]`, optionally `time_derivatives` of the same shape, and
        optionally `initial_state` `[N, W, 2n]`. Only the number W of `initial_state` is used: the W segments of a
        trajectory are fitted as separate trajectories. By default, W is 1. Angles must continue beyond pi and not jump
        to -pi.
      friction: Whether a coefficient of linear friction is also fitted, R = diag(0, g). The coefficient is the
        posterior's last one.
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
      InputError: If the Hamiltonian is not linear in its coefficients, or times or states are not valid, for example
        because a coordinate is constant.
      ValueError: If `max_iterations` or `substeps` is below 1.
      ArithmeticError: If the motion diverges before it fits.

    Warns:
      IntegrationWarning: If the substeps, given or chosen, are too few for the fitted parameters.
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
    hamiltonian = linear_hamiltonian(hamiltonian, width=states.shape[-1])
    if declared(hamiltonian, "coefficient_scales") is None:
        raise InputError(
            f"closed form: expected RandomFeatureHamiltonian for trajectories; received {hamiltonian!r}; train "
            "this Hamiltonian by TrainingLoop"
        )
    fitted, hamiltonian = hamiltonian, _in_float64(hamiltonian)
    if adapt and declared(hamiltonian, "adapt"):
        hamiltonian.adapt(states.reshape(-1, states.shape[-1]), seed=seed, slope=slope)
    segmented = _segmented(samples)
    smooth = {**samples, "states": _smoothed(samples["times"], states)}
    coefficients = _first_coefficients(hamiltonian, smooth if "time_derivatives" in samples else samples)
    scales = np.asarray(hamiltonian.coefficient_scales, np.float64)
    if friction:
        coefficients, scales = (
            np.append(coefficients, 0.0),
            np.append(scales, _friction_scale(samples["times"], smooth["states"])),
        )
    fitter = TrajectoryFitter(
        LinearField(hamiltonian, friction=friction), scales, segmented, integrator=integrator, substeps=substeps
    )
    num_segments = np.shape(samples["initial_state"])[1]
    guess = smooth["states"][:, Segments(states.shape[1], num_segments).starts[:-1]]
    found = fitter.fit(coefficients, guess.reshape(-1, guess.shape[-1]), max_iterations=max_iterations)
    warn_if_too_few(found.substeps, found.integration_error)
    found = dataclasses.replace(found, initial_state=found.initial_state.reshape(guess.shape))
    mean = found.posterior.mean.numpy()
    hamiltonian.assign_coefficients(mean[:-1] if friction else mean)
    if fitted is not hamiltonian:
        for variable, value in zip(fitted.weights, hamiltonian.weights, strict=True):
            variable.assign(value)
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
    return _FRICTION_SCALE / float(np.sqrt(np.mean(np.var(q, (0, 1))) * np.mean(velocity**2)))


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
    for name in ("times", "states", "time_derivatives"):
        if name in samples:
            column = np.asarray(samples[name], np.float64)[:, segments.indices]
            columns[name] = column.reshape(-1, *column.shape[2:])
    return columns


def _first_coefficients(hamiltonian: Any, samples: Samples) -> np.ndarray:
    """Returns the coefficients of one regression, on derivatives at the noisy states or on the weak form."""
    field = LinearField(hamiltonian)
    times, states = (np.asarray(samples[name], np.float64) for name in ("times", "states"))
    if "time_derivatives" in samples:
        columns = field.columns(tf.constant(states.reshape(-1, states.shape[-1])), tf.zeros([0], tf.float64))
        rows, targets = columns.numpy().reshape(-1, columns.shape[-1]), np.reshape(samples["time_derivatives"], -1)
    else:
        weak = WeakForm(window=min(_WINDOW, states.shape[1]))
        rows, targets = weak.linear_regression(
            lambda state: field.columns(state, tf.zeros([0], tf.float64)), {"times": times, "states": states}
        )
    rows, targets = tf.constant(rows, tf.float64), tf.constant(targets, tf.float64)
    return posterior(
        tf.matmul(rows, rows, transpose_a=True),
        tf.linalg.matvec(rows, targets, transpose_a=True),
        tf.reduce_sum(targets**2),
        int(targets.shape[0]),
        tf.constant(hamiltonian.coefficient_scales, tf.float64),
    ).mean.numpy()
