"""Fits of trajectories by a Hamiltonian that is linear in its coefficients, with Gauss-Newton."""

import dataclasses
import functools
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import integrators
from hnn_tf.closed_form.evidence import Posterior, posterior
from hnn_tf.closed_form.linear_rollout import LinearRollout
from hnn_tf.closed_form.piece_chains import PieceChains
from hnn_tf.closed_form.trajectory_fit import TrajectoryFit
from hnn_tf.numerics.substeps import MOST, TOLERANCE, check_substeps
from hnn_tf.typing import Samples

_LEAST_DERIVATIVE_ERROR = 1e-3
"""The least error of the derivatives, relative to their rms. Below it, errors of features and integrator dominate."""
_LEAST_NOISE = 1e-6
"""The least noise of a coordinate, relative to its spread. Below this noise, round-off is the noise."""

_LEAST_STEP = 1.0 / 64.0
_CLOSING = 4.0
"""The largest factor by which a step of chains may raise the cost, which weights defects only roughly."""

_CONVERGED = 1e-4
"""The largest change of any rolled-out state in a converged fit, in standard deviations of the noise."""


class TrajectoryFitter:
    """The fit of coefficients w and initial states s_0 to whole noisy trajectories by Gauss-Newton.

    min over w, s_0 of  sum |Phi_t(s_0; w) - s|^2 / sigma^2 + sum |f(Phi_t(s_0; w)) - ds/dt|^2 / tau^2 + |w / c|^2 / a^2

    The motion f is linear in w. The sensitivities S = dPhi/dw follow d/dt S = Df S + df/dw, and this equation is
    integrated together with the states. Each iteration is one linear least-squares problem, from which the initial
    states are eliminated, trajectory by trajectory. The marginal likelihood determines the strength a of the prior, and
    the noise levels sigma and tau are also estimated. The fit therefore chooses all settings itself.

    The trajectories may be pieces of longer ones, which `chains` ties together.

    Args:
      field: The fitted `LinearField`.
      prior_std: c, the scales of the coefficients relative to each other, `[m]`.
      samples: `times` `[N, T]` and `states` `[N, T, 2n]`; `time_derivatives` if derivatives were measured; `counted`
        `[N, T]` of ones and zeros if not all observations count; and `observed` `[N, T, 2n]`, > 0 for the numbers that
        were observed, if not all numbers were. If the field has inputs, `inputs` and
        `end_inputs`, `[N, T, m]` each, between which they change linearly within an interval.
      integrator: An explicit Runge-Kutta method.
      substeps: The number of integrator steps in each interval; by default, the first of 1, 2, 4, ... for which
        `TrajectoryFit.integration_error` is at most a tenth.
      most_substeps: The largest number of substeps that is chosen.
      sensitivity_integrator: An explicit Runge-Kutta method for the sensitivities, which take most of the time, with
        one step in each interval. Their error makes the iteration converge more slowly. It changes where the iteration
        ends only by a small part of a standard error. By default, the sensitivities are those of the rolled-out states.
      least_gain: An iteration also ends the fit if it lowers the minimised sum by less than this number. A sum that is
        lower by 1 is a likelihood that is higher by a factor of 1.6.

    Attributes:
      chains: The trajectories that follow each other, without a gap between the end of one and the start of the next.
        By default, each trajectory stands alone. It can be changed between two fits.

    References:
      Bock. Recent advances in parameter identification techniques for ODE. Birkhaeuser, 1983.
      MacKay. Bayesian interpolation. Neural Computation 4, 1992 (evidence).
    """

    def __init__(
        self,
        field: Any,
        prior_std: np.ndarray,
        samples: Samples,
        *,
        integrator: str | integrators.Integrator = "rk4",
        substeps: int | None = None,
        most_substeps: int = MOST,
        sensitivity_integrator: str | None = None,
        least_gain: float = 0.0,
    ) -> None:
        check_substeps(substeps)
        self._most_substeps, self._least_gain = most_substeps, least_gain
        self.chains = PieceChains.single(len(np.asarray(samples["times"])))
        self._prior_std = np.asarray(prior_std, np.float64)
        self._states = tf.constant(samples["states"], tf.float64)
        given = samples.get("time_derivatives")
        self._derivatives = None if given is None else tf.constant(given, tf.float64)
        counted = samples.get("counted", np.ones(np.shape(samples["times"])))[..., np.newaxis]
        observed = np.asarray(samples.get("observed", 1.0)) > 0
        self._counted = tf.constant(np.broadcast_to(counted * observed, self._states.shape), tf.float64)
        self._choose = substeps is None
        inputs = (samples["inputs"], samples["end_inputs"]) if "inputs" in samples else None
        rollout = functools.partial(
            LinearRollout, field, samples["times"], inputs=inputs, derivatives=given is not None
        )
        self._rollout = rollout(integrator=integrator, substeps=substeps or 1)
        self._coarse = rollout(integrator=sensitivity_integrator, substeps=1) if sensitivity_integrator else None

    def fit(self, coefficients: np.ndarray, initial_state: np.ndarray, *, max_iterations: int = 30) -> TrajectoryFit:
        """Iterates from the given coefficients `[m]` and initial states `[N, 2n]`.

        Raises:
          ArithmeticError: If the motion cannot be followed from there.
        """
        w, start = tf.constant(coefficients, tf.float64), tf.constant(initial_state, tf.float64)
        states, _ = self._rollout.values(w, start)
        while self._can_refine():
            finer, finer_derivatives = self._rollout.doubled(w, start)
            with np.errstate(over="ignore", invalid="ignore"):  # where the motion still diverges
                noise, _ = self._noise(finer, finer_derivatives, 0.0)
            if np.max(self._counted * np.abs(finer - states) / noise) <= TOLERANCE:  # false for NaN
                break
            states, self._rollout.substeps = finer, 2 * self._rollout.substeps
        if not np.isfinite(states).all():
            raise ArithmeticError("trajectory fit: the motion of the first coefficients diverges; give shorter pieces")
        found = self._iterate(w, start, max_iterations)
        while (
            self._choose and self._rollout.substeps < self._most_substeps and not found.integration_error <= TOLERANCE
        ):
            self._rollout.substeps *= 2
            before, w = found.iterations, found.posterior.mean
            found = self._iterate(w, tf.constant(found.initial_state), max_iterations)
            found = dataclasses.replace(found, iterations=before + found.iterations)
        return found

    def _can_refine(self) -> bool:
        return self._choose and self._rollout.substeps < self._most_substeps

    def _iterate(self, w: tf.Tensor, start: tf.Tensor, max_iterations: int) -> TrajectoryFit:
        """Runs Gauss-Newton with the present number of substeps."""
        states, derivatives = self._rollout.values(w, start)
        noise, error = self._noise(states, derivatives, 0.0)
        iterations, converged = 0, False
        while not converged and iterations < max_iterations:
            iterations += 1
            old_noise, old_error = noise, error
            found, rows, step, start_step = self._solve(w, start, noise, error)
            size, before = 1.0, self._cost(w, start, states, derivatives, noise, error, found.prior_std)
            # A step that ties chains together closes their defects, and may raise the misfit.
            limit = before if self.chains.is_single else _CLOSING * before
            while True:
                new_w, new_start = w + size * step, start + size * start_step
                new_states, new_derivatives = self._rollout.values(new_w, new_start)
                cost = self._cost(new_w, new_start, new_states, new_derivatives, noise, error, found.prior_std)
                if cost <= limit or size < _LEAST_STEP:  # false for NaN
                    break
                size /= 2.0
            if not cost <= limit:
                break  # no step along this direction lowers the cost
            moved = np.max(np.abs(new_states - states) / noise)
            w, start, states, derivatives = new_w, new_start, new_states, new_derivatives
            noise, error = self._noise(states, derivatives, found.effective_parameters)
            changes = np.abs(np.log([noise / old_noise] + ([] if error is None else [error / old_error])))
            converged = size == 1.0 and moved < _CONVERGED and np.max(changes) < 10 * _CONVERGED
            converged = converged or 0.0 <= before - cost < self._least_gain
        return TrajectoryFit(
            posterior=dataclasses.replace(found, mean=w),
            initial_state=start.numpy(),
            states=states.numpy(),
            noise_std=noise,
            derivative_std=error,
            log_evidence=found.log_evidence - self._log_scales(old_noise, old_error),
            iterations=iterations,
            converged=bool(converged),
            substeps=self._rollout.substeps,
            integration_error=self._integration_error(w, start, found, rows, old_noise, old_error),
        )

    def _integration_error(
        self,
        w: tf.Tensor,
        start: tf.Tensor,
        found: Posterior,
        rows: tf.Tensor,
        noise: np.ndarray,
        error: np.ndarray | None,
    ) -> float:
        """Returns sqrt(m^T C m), where m = X^T d and C is the covariance.

        A change d of all predictions causes the step C m. The matrix X has the rows that the initial states do not
        explain. The result is the largest step, in standard errors, because |v^T C m| <= sqrt(v^T C v) sqrt(m^T C m)
        for every v.
        """
        values, finer = self._rollout.values(w, start), self._rollout.doubled(w, start)
        scales = [scale for scale in (noise, error) if scale is not None]
        changes = [b - a for a, b in zip(values, finer, strict=True)]
        if not self.chains.is_single:
            # The errors of a chain's pieces add up, as their defects do.
            states, by_w, by_start, _, derivatives_by_w, derivatives_by_start = self._rollout.linearised(w, start)
            ends = changes[0][:, -1].numpy()
            *_, moved = self.chains.along(by_start[:, -1].numpy(), by_w[:, -1].numpy(), ends)
            jacobians = (by_start, derivatives_by_start)
            changes = [a + tf.linalg.matvec(j, moved[:, np.newaxis]) for a, j in zip(changes, jacobians, strict=True)]
        shifts = [self._counted * change / scale for change, scale in zip(changes, scales, strict=False)]
        shift = tf.concat([tf.reshape(part, [part.shape[0], -1]) for part in shifts], 1)
        shift = self._of_chains(shift)
        moment = tf.einsum("nki,nk->i", rows, shift)
        return float(tf.sqrt(tf.tensordot(moment, tf.linalg.matvec(found.covariance, moment), 1)))

    def _noise(
        self, states: tf.Tensor, derivatives: tf.Tensor, parameters: float
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Returns the noise levels by coordinate, from the residuals and the remaining degrees of freedom.

        The observed coordinates determine all initial states and coefficients. A coordinate that is never observed has
        no residuals. Its level, which weights nothing, is in the same relation to its spread as that of the others.
        """
        count, width = self._counts(), states.shape[2]
        seen = count > 0
        starts = len(self.chains) * width / np.sum(seen)
        spread = np.std(self._states.numpy(), (0, 1))
        squares = np.sum((self._counted * (states - self._states)).numpy() ** 2, (0, 1))
        squares += count * (_LEAST_NOISE * spread) ** 2
        if self._derivatives is None:
            free = np.maximum(count - starts - parameters / np.sum(seen), 1.0)
        else:  # the derivatives determine the coefficients
            free = np.maximum(count - len(self.chains), 1.0)
        noise = np.sqrt(squares / free)
        if not seen.all():
            noise[~seen] = spread[~seen] * np.mean(noise[seen] / spread[seen])
        if self._derivatives is None:
            return noise, None
        errors = np.sum((self._counted * (derivatives - self._derivatives)).numpy() ** 2, (0, 1))
        least = _LEAST_DERIVATIVE_ERROR * np.sqrt(np.mean(self._derivatives.numpy() ** 2, (0, 1)))
        return noise, np.maximum(np.sqrt(errors / np.maximum(count - parameters / width, 0.1 * count + ~seen)), least)

    def _counts(self) -> np.ndarray:
        """Returns the number of observations of each coordinate, `[2n]`."""
        return tf.reduce_sum(self._counted, [0, 1]).numpy()

    def _log_scales(self, noise: np.ndarray, error: np.ndarray | None) -> float:
        scales = np.log(noise) + (0.0 if error is None else np.log(error))
        return float(np.sum(self._counts() * scales))

    def _cost(
        self,
        w: tf.Tensor,
        start: tf.Tensor,
        states: tf.Tensor,
        derivatives: tf.Tensor,
        noise: np.ndarray,
        error: np.ndarray | None,
        prior_std: float,
    ) -> float:
        cost = tf.reduce_sum((self._counted * (states - self._states) / noise) ** 2)
        cost += tf.reduce_sum((w / (self._prior_std * prior_std)) ** 2)
        if error is not None:
            cost += tf.reduce_sum((self._counted * (derivatives - self._derivatives) / error) ** 2)
        if self.chains.is_single:
            return float(cost)
        # A defect moves all readings of the following piece, and has the weight of all of them.
        defects = self.chains.defects(states[:, -1].numpy(), start.numpy())
        return float(cost) + states.shape[1] * float(np.sum((defects / noise) ** 2))

    def _solve(
        self, w: tf.Tensor, start: tf.Tensor, noise: np.ndarray, error: np.ndarray | None
    ) -> tuple[Posterior, tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns the linearised problem's posterior and rows, and the steps to it of coefficients and states."""
        rows, columns, targets = [], [], []
        states, by_w, by_start, derivatives, derivatives_by_w, derivatives_by_start = self._linearised(w, start)
        single = self.chains.is_single
        if not single:
            defects = self.chains.defects(states[:, -1].numpy(), start.numpy())
            p, q, r = self.chains.along(by_start[:, -1].numpy(), by_w[:, -1].numpy(), defects)
        parts = [(self._states - states, by_w, by_start, noise)]
        if error is not None:
            parts.append((self._derivatives - derivatives, derivatives_by_w, derivatives_by_start, error))
        for residual, jacobian, start_jacobian, scale in parts:
            if not single:
                residual -= tf.linalg.matvec(start_jacobian, r[:, np.newaxis])
                jacobian += tf.matmul(start_jacobian, q[:, np.newaxis])
                start_jacobian = tf.matmul(start_jacobian, p[:, np.newaxis])
            flat = [residual.shape[0], residual.shape[1] * residual.shape[2]]
            # The targets are those of w itself, because the change of w has no prior.
            weight = self._counted / scale
            targets.append(tf.reshape(weight * (residual + tf.linalg.matvec(jacobian, w)), flat))
            weight = weight[..., tf.newaxis]
            rows.append(tf.reshape(weight * jacobian, [*flat, jacobian.shape[-1]]))
            columns.append(tf.reshape(weight * start_jacobian, [*flat, start_jacobian.shape[-1]]))
        row, column, target = (self._of_chains(tf.concat(part, 1)) for part in (rows, columns, targets))
        target = target[..., tf.newaxis]
        basis, triangle = tf.linalg.qr(column)
        # The part that the initial states cannot explain.
        free_row = row - tf.matmul(basis, tf.matmul(basis, row, transpose_a=True))
        free_target = (target - tf.matmul(basis, tf.matmul(basis, target, transpose_a=True)))[..., 0]
        gram, moment = tf.einsum("nki,nkj->ij", free_row, free_row), tf.einsum("nki,nk->i", free_row, free_target)
        if not (np.isfinite(gram).all() and np.isfinite(moment).all()):
            raise ArithmeticError("trajectory fit: an unstable motion's sensitivities overflow; give shorter pieces")
        found = posterior(
            gram,
            moment,
            tf.reduce_sum(free_target**2),
            0,  # noise levels are in the rows; their cost is added later
            tf.constant(self._prior_std),
            noise_variance=1.0,
        )
        rest = target - tf.matmul(row, tf.broadcast_to(found.mean[:, tf.newaxis], [row.shape[0], row.shape[2], 1]))
        start_step = tf.linalg.triangular_solve(triangle, tf.matmul(basis, rest, transpose_a=True), lower=False)[..., 0]
        step = found.mean - w
        if not single:
            first = self.chains.of_pieces(start_step.numpy())[..., np.newaxis]
            start_step = tf.constant((p @ first)[..., 0] + q @ step.numpy() + r)
        return found, free_row, step, start_step

    def _linearised(self, w: tf.Tensor, start: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Returns the states and their sensitivities, as `LinearRollout.linearised` does."""
        if self._coarse is None:
            return self._rollout.linearised(w, start)
        states, derivatives = self._rollout.values(w, start)
        _, by_w, by_start, _, derivatives_by_w, derivatives_by_start = self._coarse.linearised(w, start)
        return states, by_w, by_start, derivatives, derivatives_by_w, derivatives_by_start

    def _of_chains(self, rows: tf.Tensor) -> tf.Tensor:
        return rows if self.chains.is_single else tf.constant(self.chains.of_chains(rows.numpy()))
