"""The closed form for whole trajectories: noisy states at any times, with or without derivatives."""

import dataclasses
from typing import Any

import numpy as np

from hnn_tf import integrators
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.closed_form.inverse_mass import warn_of_negative_masses
from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.linear_hamiltonian import linear_hamiltonian
from hnn_tf.closed_form.trajectory_fit import TrajectoryFit, with_physical_parameters
from hnn_tf.closed_form.trajectory_fitter import TrajectoryFitter
from hnn_tf.closed_form.trajectory_start import (
    first_coefficients,
    friction_scale,
    gain_scales,
    in_float64,
    smoothed,
)
from hnn_tf.data.segments import Segments
from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.numerics.substeps import warn_if_too_few
from hnn_tf.typing import Samples

SLOPE = 0.4
"""The slope of the features in standardised states: the value with the largest evidence for pendulums and springs."""


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
        trajectory are fitted as separate trajectories. By default, W is 1. The column `observed` `[N, T, 2n]`, if there
        is one, is > 0 for the numbers of `states` that were observed; the others are guesses. Angles must continue
        beyond pi and not jump to -pi. If there are inputs, `inputs` and `end_inputs`, `[N, T, m]` each, between which
        they change linearly within an interval; see `TrajectoryMatching`.
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
    fitted, hamiltonian = hamiltonian, in_float64(hamiltonian)
    if adapt and declared(hamiltonian, "adapt"):
        hamiltonian.adapt(states.reshape(-1, states.shape[-1]), seed=seed, slope=slope)
    segmented = _segmented(samples)
    smooth = {**samples, "states": smoothed(samples["times"], states)}
    scales = np.concatenate([gain_scales(gains, smooth), np.asarray(hamiltonian.coefficient_scales, np.float64)])
    coefficients = first_coefficients(hamiltonian, gains, smooth if "time_derivatives" in samples else samples, scales)
    if friction:
        coefficients = np.append(coefficients, 0.0)
        scales = np.append(scales, friction_scale(samples["times"], smooth["states"]))
    field = LinearField(hamiltonian, friction=friction, gains=gains)
    fitter = TrajectoryFitter(field, scales, segmented, integrator=integrator, substeps=substeps)
    num_segments = np.shape(samples["initial_state"])[1]
    guess = smooth["states"][:, Segments(states.shape[1], num_segments).starts[:-1]]
    found = fitter.fit(coefficients, guess.reshape(-1, guess.shape[-1]), max_iterations=max_iterations)
    warn_if_too_few(found.substeps, found.integration_error)
    found = dataclasses.replace(found, initial_state=found.initial_state.reshape(guess.shape))
    found = with_physical_parameters(found, gains, friction=friction)
    mean, num_gains = found.posterior.mean.numpy(), 0 if gains is None else gains.num_unknown
    hamiltonian.assign_coefficients(mean[num_gains : len(mean) - friction])
    warn_of_negative_masses(hamiltonian, found.states)
    if gains is not None:
        gains.assign(model, found.gains)
    if fitted is not hamiltonian:
        for variable, value in zip(fitted.weights, hamiltonian.weights, strict=True):
            variable.assign(value)
    return found


def _segmented(samples: Samples) -> dict[str, np.ndarray]:
    """Returns the segments `[N W, L + 1, ...]` as separate trajectories, in which each observation counts once."""
    times = np.asarray(samples["times"], np.float64)
    segments = Segments(times.shape[1], np.shape(samples["initial_state"])[1])
    columns = {"counted": np.tile(segments.counted, [len(times), 1])}
    for name in ("times", "states", "observed", "time_derivatives", "inputs", "end_inputs"):
        if name in samples:
            column = np.asarray(samples[name], np.float64)[:, segments.indices]
            columns[name] = column.reshape(-1, *column.shape[2:])
    return columns
