"""The result of a fit of whole trajectories."""

import dataclasses

import numpy as np

from hnn_tf.closed_form.evidence import Posterior
from hnn_tf.closed_form.input_gains import InputGains


@dataclasses.dataclass(frozen=True)
class TrajectoryFit:
    """The result of a fit of whole trajectories.

    Attributes:
      posterior: The posterior of the coefficients, where the initial states are the best ones for the coefficients.
      initial_state: The estimated initial states `[N, 2n]`.
      states: The rolled-out states `[N, T, 2n]` at the observations, which are estimates of the noise-free states.
      noise_std: The estimated standard deviation of the observation noise, `[2n]`.
      derivative_std: The estimated error of the given derivatives `[2n]`; None if none were given.
      log_evidence: The logarithm of the marginal likelihood, noise levels included. If several Hamiltonians are fitted
        to the same samples, the one with the larger evidence is better supported.
      iterations: The number of linear solves.
      converged: Whether the last solve changed almost nothing.
      substeps: The number of integrator steps in each interval.
      integration_error: The change of the coefficients with twice as many substeps. It is the largest change of any
        linear combination of the coefficients, in standard errors of the combination.
      gains: The fitted gains B `[n, m]` of B u in dp/dt, in momentum / (input time); None if no gains were fitted.
      gains_std: The standard errors `[n, m]` of the gains. A 95 % interval is 1.96 of them to both sides.
      friction: The fitted coefficient g of -g dH/dp in dp/dt; None if no friction was fitted.
      friction_std: The standard error of the friction.
    """

    posterior: Posterior
    initial_state: np.ndarray
    states: np.ndarray
    noise_std: np.ndarray
    derivative_std: np.ndarray | None
    log_evidence: float
    iterations: int
    converged: bool
    substeps: int
    integration_error: float
    gains: np.ndarray | None = None
    gains_std: np.ndarray | None = None
    friction: float | None = None
    friction_std: float | None = None


def with_physical_parameters(found: TrajectoryFit, gains: InputGains | None, *, friction: bool) -> TrajectoryFit:
    """Returns the fit with gains and friction as numbers of their own, beside the posterior that has them."""
    mean, std = found.posterior.mean.numpy(), np.sqrt(np.diag(found.posterior.covariance))
    if gains is not None and gains.num_unknown:
        matrices = [gains.matrix(values[: gains.num_unknown]) for values in (mean, std)]
        found = dataclasses.replace(found, gains=matrices[0], gains_std=matrices[1])
    if friction:
        found = dataclasses.replace(found, friction=float(mean[-1]), friction_std=float(std[-1]))
    return found
