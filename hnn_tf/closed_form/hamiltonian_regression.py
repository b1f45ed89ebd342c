"""Least squares for the coefficients of a Hamiltonian, for friction and for the gains of inputs."""

import dataclasses

import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.closed_form.free_terms import FreeTerms
from hnn_tf.closed_form.input_gains import InputGains
from hnn_tf.closed_form.linear_field import LinearField, is_linear
from hnn_tf.closed_form.ridge_regression import RidgeRegression, RidgeSolution
from hnn_tf.input_error import InputError
from hnn_tf.typing import LinearHamiltonian

LARGEST_BLOCK = 4_000_000
"""The largest number of elements of the feature gradients in memory at a time."""


@dataclasses.dataclass(frozen=True)
class HamiltonianFit:
    """The result of a solve, with error bars.

    The error bars assume that the noise is independent and equally large in all components of the time derivative, and
    that H is a sum of the features. The error bars do not include a bias, such as the bias that noise on the STATES
    causes.

    Attributes:
      hamiltonian: The Hamiltonian with the features of the fit.
      solution: The coefficients and their covariance.
      terms: The terms of the motion beside the Hamiltonian's, whose coefficients are `solution.free`.
    """

    hamiltonian: LinearHamiltonian
    solution: RidgeSolution
    terms: FreeTerms = FreeTerms()

    @property
    def friction(self) -> np.ndarray:
        """The coefficients gamma `[n]` of -gamma_i p_i in dp_i/dt, in 1 / time; empty if friction was not fitted."""
        return self.terms.friction_values(self.solution.free)

    @property
    def friction_std(self) -> np.ndarray:
        """The standard deviations `[n]` of the coefficients of friction."""
        return self.terms.friction_values(self.solution.free_std)

    @property
    def gains(self) -> np.ndarray:
        """The gains B `[n, m]` of B u in dp/dt, in momentum / (input time); empty if no gains were fitted."""
        return self.terms.gain_matrix(self.solution.free)

    @property
    def gains_std(self) -> np.ndarray:
        """The standard deviations `[n, m]` of the gains."""
        return self.terms.gain_matrix(self.solution.free_std)

    def energy_std(self, state: np.ndarray, *, reference: np.ndarray) -> np.ndarray:
        """Returns the standard deviations `[N]` of H(state) - H(reference), for states `[N, 2n]`, reference `[2n]`.

        These are standard deviations of differences, because H itself is determined only up to a constant.
        """
        features = [_float64(self.hamiltonian.features(tf.constant(s))) for s in (state, reference)]
        return self.solution.std(features[0] - features[1])

    def field_std(self, state: np.ndarray) -> np.ndarray:
        """Returns the standard deviations `[N, 2n]` of J grad H at states `[N, 2n]`."""
        rows = _field_rows(self.hamiltonian, state)
        return self.solution.std(rows.reshape(-1, rows.shape[-1])).reshape(rows.shape[:-1])


class HamiltonianRegression:
    """A regression for the coefficients of a Hamiltonian, which collects states and their time derivatives.

    The model is ds/dt = J grad H(s) + (0, B u - gamma p),  H = H_0 + w . phi, where H_0 is the part of H without
    coefficients (see `LinearField`), which is subtracted from the time derivatives. The solution minimises the squared
    error + ridge |w|^2, over w, gamma and, unless they are known, the gains B of inputs u.

    Features are computed in the Hamiltonian's precision, and sums in float64. The round-off of a float32 Hamiltonian's
    features therefore counts as noise, and float32 can evaluate the chosen coefficients.

    Args:
      hamiltonian: A built layer that is linear in its coefficients.
      friction: Whether linear friction is also fitted, with a gamma for each degree of freedom.
      gains: The gains of the inputs, unknown or known; by default, there are no inputs.

    Raises:
      InputError: If the Hamiltonian is not linear in its coefficients.
    """

    def __init__(
        self, hamiltonian: LinearHamiltonian, *, friction: bool = False, gains: InputGains | None = None
    ) -> None:
        if not is_linear(hamiltonian):
            raise InputError(
                f"closed form: expected a Hamiltonian that is linear in its coefficients; received {hamiltonian!r}; "
                "use RandomFeatureHamiltonian or MLPHamiltonian, or train this Hamiltonian by TrainingLoop"
            )
        self.hamiltonian, self.terms = hamiltonian, FreeTerms(friction, gains)
        self._regression: RidgeRegression | None = None

    def add(self, state: np.ndarray, time_derivative: np.ndarray, inputs: np.ndarray | None = None) -> None:
        """Adds states and time derivatives, both `[N, 2n]`, with the inputs `[N, m]` at the same times.

        Raises:
          InputError: If their shapes differ, inputs are missing or not expected, or numbers are not finite.
        """
        state, time_derivative = np.asarray(state), np.asarray(time_derivative)
        inputs = None if inputs is None else np.asarray(inputs)
        if state.ndim != 2 or state.shape != time_derivative.shape:
            raise InputError(
                "closed form: expected states and time derivatives, both [N, 2n]; received shapes "
                f"{state.shape} and {time_derivative.shape}"
            )
        gains, shape = self.terms.gains, None if inputs is None else inputs.shape
        expected = None if gains is None else (len(state), gains.num_inputs)
        if shape != expected:
            raise InputError(f"closed form: expected inputs of shape {expected}; received {shape}")
        block = max(1, LARGEST_BLOCK // (state.shape[1] * int(self.hamiltonian.coefficients.shape[0])))
        for first in range(0, len(state), block):
            part = slice(first, first + block)
            self._add_block(state[part], time_derivative[part], None if inputs is None else inputs[part])

    def _add_block(self, state: np.ndarray, time_derivative: np.ndarray, inputs: np.ndarray | None) -> None:
        free = self.terms.columns(state, inputs)
        rows = np.concatenate([free, _field_rows(self.hamiltonian, state)], 2)
        if self._regression is None:
            self._regression = RidgeRegression(rows.shape[-1] - free.shape[-1], num_free=free.shape[-1])
        if self.terms.gains is not None:
            time_derivative = time_derivative - self.terms.gains.known_motion(inputs).numpy()
        known = LinearField(self.hamiltonian).known_motion(tf.constant(state))
        if known is not None:
            time_derivative = time_derivative - known.numpy()
        self._regression.add(rows.reshape(-1, rows.shape[-1]), time_derivative.reshape(-1))

    def solve(self, *, ridge: float | None = None) -> HamiltonianFit:
        """Returns the coefficients of least error, which `assign_coefficients` of a Hamiltonian layer accepts.

        Args:
          ridge: The strength > 0 of the penalty; by default, generalised cross-validation chooses it.

        Raises:
          InputError: If there are too few samples, or the samples do not determine the friction or the gains.
        """
        if self._regression is None:
            raise InputError("closed form: expected samples before solve(); received none; call add(state, ...)")
        return HamiltonianFit(self.hamiltonian, self._regression.solve(ridge=ridge), self.terms)


def _field_rows(hamiltonian: LinearHamiltonian, state: np.ndarray) -> np.ndarray:
    """Returns J dphi/ds `[N, 2n, m]`: the contribution of each coefficient to the time derivative."""
    gradients = tf.linalg.matrix_transpose(hamiltonian.feature_gradients(tf.constant(state)))
    dq, dp = phase_space.split(gradients)
    return _float64(tf.linalg.matrix_transpose(phase_space.join(dp, -dq)))


def _float64(tensor: tf.Tensor) -> np.ndarray:
    return tensor.numpy().astype(np.float64)
