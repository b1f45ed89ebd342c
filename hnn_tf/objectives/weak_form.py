"""The weak form: fit trajectories' integrals, without derivatives."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError
from hnn_tf.numerics.quadrature import interval_integrals
from hnn_tf.objectives.base import Objective, check_autonomous
from hnn_tf.typing import Samples, State, VectorField


class WeakForm(Objective):
    """Squared residuals of ds/dt = f(s) tested over windows of trajectories: noise on the states is averaged.

    r_k = sum_j psi_kj e_j,  e_j = s_{j+1} - s_j - int f(s) dt from t_j to t_{j+1},  L = mean over trajectories and
    components of sum_k r_k^2.

    psi_k are test functions, constant between samples and zero outside the trajectory. By summation by parts r_k has
    the states times the jumps of psi_k, no derivative of s; any psi would do without noise. White noise makes
    neighbouring e_j correlated by -1/2. These psi_k undo that over every window: L is the variance of s - int f dt in
    a window, averaged over all windows, so the true field's loss is about the noise's variance. That is also what
    smooth test functions come to, once their residuals are whitened.

    The window weighs noise against curvature. f(s) at noisy states shrinks the learned field as derivative matching
    does, but only by about 2 / window of it; a window beyond half a period of the motion gains nothing more. What it
    doesn't remove is the bias of a nonlinear f, about noise variance times f'' / 2.

    Columns: `times` `[N, T]`, increasing, only their differences matter; `states` `[N, T, 2n]`. Irregular times are
    fine; long records cost T^2 each, so cut them. Times that don't increase make the loss NaN.

    Args:
      window: Samples in a window, from 3 (two steps at once) to T (the whole trajectory).

    Raises:
      ValueError: If `window` isn't an integer >= 3.

    References:
      Messenger, Bortz. Weak SINDy: Galerkin-based data-driven model selection. arXiv:2005.04339.
      Dattner, Klaassen. Optimal rate of direct estimators in systems of ordinary differential equations linear in
      functions of the parameters. Electronic Journal of Statistics 9, 2015 (the window of a whole trajectory).
    """

    name = "weak"
    columns = ("times", "states")
    is_sample_mean = True  # a sample is a trajectory, and all have as many windows
    closed_form = "weak"

    def __init__(self, *, window: int = 10) -> None:
        if window != int(window) or window < 3:
            raise ValueError(f"window: expected an integer >= 3; received {window}")
        self.window = int(window)

    def samples_of(self, recordings: Recordings) -> dict[str, np.ndarray]:
        """Whole recordings of equal length, or windows of the length of the shortest."""
        check_autonomous(self, recordings)
        windows = recordings.windows()
        return {name: windows.stacked(name) for name in self.columns}

    def loss(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Scalar loss of a vector field on samples, in squared units of the states."""
        residuals = self.residuals(model, samples)
        return tf.reduce_mean(tf.reduce_sum(residuals**2, 1))

    def states_a_sample(self, samples: Samples) -> int:
        """T, the states of a trajectory."""
        return np.shape(samples["states"])[1]

    def residuals(self, vector_field: VectorField, samples: Samples) -> tf.Tensor:
        """The residuals r_k `[N, T - 1, 2n]` of a vector field.

        Raises:
          InputError: If times and states don't belong together, or are fewer than a window.
        """
        times, states = tf.convert_to_tensor(samples["times"]), tf.convert_to_tensor(samples["states"])
        self._check(times.shape, states.shape)
        # Flat: a model may take `[B, 2n]` only.
        field = tf.reshape(vector_field(tf.reshape(states, [-1, states.shape[-1]])), tf.shape(states))
        return self._test(states[:, 1:] - states[:, :-1] - interval_integrals(times, field))

    def linear_regression(
        self, field_features: Callable[[State], tf.Tensor], samples: Samples
    ) -> tuple[np.ndarray, np.ndarray]:
        """The rows and targets whose least-squares solution minimises the loss, of a field that is linear in c.

        f(s) = features(s) c:  L = mean (rows c - targets)^2. White noise gives the residuals about its own variance,
        so ridge regression of them is as sound as of the states themselves.

        Args:
          field_features: States `[B, 2n]` -> fields `[B, 2n, m]`, one a coefficient.
          samples: The columns, arrays or tensors of one floating precision.

        Returns:
          Rows `[M, m]` and targets `[M]`, M = N (T - 1) 2n, in the samples' precision.

        Raises:
          InputError: As of `residuals`, or if times don't increase.
        """
        times, states = tf.convert_to_tensor(samples["times"]), tf.convert_to_tensor(samples["states"])
        self._check(times.shape, states.shape)
        if not (np.diff(times) > 0).all():
            raise InputError("times: expected increasing ones in every row [T]; received some that don't increase")
        features = field_features(tf.reshape(states, [-1, states.shape[-1]]))
        num_features = features.shape[-1]
        fields = tf.reshape(features, [*times.shape, states.shape[-1] * num_features])
        scale = tf.sqrt(tf.cast(times.shape[1] - 1, states.dtype))  # a mean over residuals, where L sums over k
        rows = scale * self._test(interval_integrals(times, fields))
        targets = scale * self._test(states[:, 1:] - states[:, :-1])
        return tf.reshape(rows, [-1, num_features]).numpy(), tf.reshape(targets, [-1]).numpy()

    def _test(self, interval_errors: tf.Tensor) -> tf.Tensor:
        """Interval errors `[N, T - 1, d]` -> residuals `[N, T - 1, d]`."""
        functions = weak_test_functions(interval_errors.shape[1] + 1, self.window)
        return tf.einsum("kj,njd->nkd", tf.constant(functions, interval_errors.dtype), interval_errors)

    def _check(self, times: tf.TensorShape, states: tf.TensorShape) -> None:
        if times.rank != 2 or states.rank != 3 or not times.is_compatible_with(states[:2]):
            raise InputError(
                "weak: expected times [N, T] and states [N, T, 2n], of equal shape but for the last axis; "
                f"received {times}, {states}"
            )
        if states[1] is None or states[1] < self.window:
            raise InputError(
                f"weak: expected trajectories of at least window={self.window} samples; received {states[1]}; "
                "give a smaller window"
            )


def weak_test_functions(num_samples: int, window: int) -> np.ndarray:
    """The values psi_kj `[T - 1, T - 1]` of the test functions (k) between the samples (j).

    psi^T psi is the quadratic form that takes the steps of a series `[T]` to its variance in a window, (window - 1) in
    the denominator, averaged over all windows.
    """
    steps = np.arange(1, window)
    # (x - mean x)^2 summed over a window, as a form in the steps of x: the covariance of a Brownian bridge.
    bridge = np.minimum.outer(steps, steps) * (window - np.maximum.outer(steps, steps)) / window
    num_windows = num_samples - window + 1
    form = np.zeros([num_samples - 1, num_samples - 1])
    for first in range(num_windows):
        form[first : first + window - 1, first : first + window - 1] += bridge
    return np.linalg.cholesky(form / (num_windows * (window - 1))).T
