"""Forecasts with error bars by a fitted motion that is linear in its coefficients."""

import numpy as np
import tensorflow as tf

from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.linear_rollout import LinearRollout
from hnn_tf.closed_form.trajectory_fit import TrajectoryFit
from hnn_tf.typing import Samples

_ITERATIONS = 10
_SUBSTEPS = 2


class LinearForecast:
    """The states of forecasts, with the covariances that the coefficients' posterior and the known readings cause.

    The initial state s_0 is fitted to the known readings, for given coefficients w. With the sensitivities S_w and S_0
    of the states, and those of the known readings in units of the noise, B and A, the covariance at a time is

        D C D^T + S_0 (A^T A)^-1 S_0^T,  D = S_w - S_0 (A^T A)^-1 A^T B,

    where C is the covariance of w. The second term of D is the change of the fitted s_0 with w.

    Args:
      field: The fitted motion.
      fit: The fit.
      samples: `times` `[N, T]`; `states` `[N, T, 2n]`; `observed` `[N, T, 2n]`, > 0 for the numbers that are known to
        the forecaster; and `inputs` and `end_inputs` `[N, T, m]` if there are inputs.
      start: The initial states `[N, 2n]` that fit the known readings, if they are known already. By default, they are
        found by Gauss-Newton from the first readings, which takes several times as long.
      substeps: The number of integrator steps in each interval.
    """

    def __init__(
        self,
        field: LinearField,
        fit: TrajectoryFit,
        samples: Samples,
        *,
        start: np.ndarray | None = None,
        substeps: int = _SUBSTEPS,
    ) -> None:
        self._fit, self._states = fit, np.asarray(samples["states"], np.float64)
        self._start: np.ndarray = self._states[:, 0] if start is None else start
        self._iterations = _ITERATIONS if start is None else 0
        self._known = (np.asarray(samples["observed"]) > 0).astype(np.float64) / fit.noise_std
        inputs = (samples["inputs"], samples["end_inputs"]) if "inputs" in samples else None
        self._rollout = LinearRollout(
            field, samples["times"], inputs=inputs, integrator="rk4", substeps=substeps, derivatives=False
        )

    def states(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns the states `[N, T, 2n]` and their standard deviations `[N, T, 2n]`, without the noise of readings."""
        w, start = self._fit.posterior.mean, self._start
        covariance = self._fit.posterior.covariance.numpy()
        for iteration in range(self._iterations + 1):
            parts = self._rollout.linearised(w, tf.constant(start))[:3]
            states, by_w, by_start = (part.numpy() for part in parts)
            weighted = self._known[..., np.newaxis] * by_start
            gram = np.einsum("ntki,ntkj->nij", weighted, weighted)
            # A number of this size has no effect, unless the known readings do not determine the start.
            gram += 1e-9 * np.eye(gram.shape[1]) * np.trace(gram, axis1=1, axis2=2)[:, np.newaxis, np.newaxis]
            moment = np.einsum("ntki,ntk->ni", weighted, self._known * (self._states - states))
            if iteration < self._iterations:
                start = start + np.linalg.solve(gram, moment[..., np.newaxis])[..., 0]
        of_start = np.linalg.inv(gram)
        cross = np.einsum("ntki,ntkj->nij", weighted, self._known[..., np.newaxis] * by_w)
        by_w = by_w - np.einsum("ntki,nij->ntkj", by_start, of_start @ cross)
        variance = np.einsum("ntki,ij,ntkj->ntk", by_w, covariance, by_w, optimize=True)
        variance += np.einsum("ntki,nij,ntkj->ntk", by_start, of_start, by_start, optimize=True)
        return states, np.sqrt(np.maximum(variance, 0.0))
