"""The weak form: a fit of the integrals of trajectories, without derivatives."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError
from hnn_tf.numerics.quadrature import interval_integrals, stencil_integrals
from hnn_tf.objectives.base import Objective, check_takes
from hnn_tf.objectives.driven_motion import check_given, of_readings, with_given
from hnn_tf.objectives.sample_columns import window_columns
from hnn_tf.typing import Samples, State, VectorField


class WeakForm(Objective):
    """Squared residuals of ds/dt = f(s), tested over windows of trajectories, so that noise on the states is averaged.

    r_k = sum_j psi_kj e_j,  e_j = s_{j+1} - s_j - int f(s) dt from t_j to t_{j+1},  L = mean over trajectories and
    components of sum_k r_k^2.

    The psi_k are test functions, which are constant between samples and zero outside the trajectory. By summation by
    parts, r_k contains the states times the jumps of psi_k, and no derivative of s. Without noise, any psi would be
    suitable. White noise makes neighbouring e_j correlated by -1/2, and these psi_k undo this correlation over every
    window. L is then the variance of s - int f dt in a window, averaged over all windows, so the loss of the true field
    is about the variance of the noise. Smooth test functions give the same result after their residuals are whitened.

    The window balances noise against curvature. f(s) at noisy states shrinks the learned field as in derivative
    matching, but only by about 2 / window of that amount. A window longer than half a period of the motion gives no
    further improvement. The weak form does not remove the bias of a nonlinear f, which is about the noise variance
    times f'' / 2.

    The columns are `times` `[N, T]`, increasing, of which only the differences matter; and `states` `[N, T, 2n]`. If
    there are inputs, they change linearly within each interval, from `inputs` to `end_inputs`, which are `[N, T, m]`
    each, and equal for held inputs. If there are parameters, they are `parameters` `[N, k]`. Times may be irregular. A
    long recording costs T^2, so it should be cut. Times that do not increase make the loss NaN.

    Args:
      window: The number of samples in a window, from 3 (two steps) to T (the whole trajectory).

    Raises:
      ValueError: If `window` is not an integer >= 3.

    References:
      Messenger, Bortz. Weak SINDy: Galerkin-based data-driven model selection. arXiv:2005.04339.
      Dattner, Klaassen. Optimal rate of direct estimators in systems of ordinary differential equations linear in
      functions of the parameters. Electronic Journal of Statistics 9, 2015 (the window of a whole trajectory).
    """

    name = "weak"
    columns = ("times", "states")
    input_columns = ("inputs", "end_inputs", "parameters")
    is_sample_mean = True  # a sample is a trajectory, and all have as many windows
    closed_form = "weak"

    def __init__(self, *, window: int = 10) -> None:
        if window != int(window) or window < 3:
            raise ValueError(f"window: expected an integer >= 3; received {window}")
        self.window = int(window)

    def samples_of(self, recordings: Recordings) -> dict[str, np.ndarray]:
        """Makes samples of whole recordings of equal length, or of windows of the shortest recording's length."""
        check_takes(self, recordings)
        return window_columns(recordings.windows())

    def loss(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Returns the scalar loss of a vector field on samples, in squared units of the states."""
        residuals = self.residuals(model, samples)
        return tf.reduce_mean(tf.reduce_sum(residuals**2, 1))

    def states_a_sample(self, samples: Samples) -> int:
        """Returns the number of states at which the field of a trajectory is called: T, or 4 (T - 1) with inputs."""
        num_times = np.shape(samples["states"])[1]
        return 4 * (num_times - 1) if "inputs" in samples else num_times

    def residuals(self, vector_field: VectorField, samples: Samples) -> tf.Tensor:
        """Returns the residuals r_k `[N, T - 1, 2n]` of a vector field.

        Raises:
          InputError: If times and states do not belong together, or are fewer than a window.
        """
        times, states = tf.convert_to_tensor(samples["times"]), tf.convert_to_tensor(samples["states"])
        self._check(times.shape, states.shape)
        parameters = samples.get("parameters")
        check_given(vector_field, samples.get("inputs"), parameters)
        if "inputs" in samples:
            driving = (samples["inputs"], samples["end_inputs"])
            integrals = _driven_integrals(vector_field, times, states, *driving, parameters)
        else:
            integrals = interval_integrals(times, _field(vector_field, states, None, parameters))
        return self._test(states[:, 1:] - states[:, :-1] - integrals)

    def linear_regression(
        self,
        field_features: Callable[[State], tf.Tensor],
        samples: Samples,
        *,
        input_features: Callable[[tf.Tensor], tf.Tensor] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns rows and targets whose least-squares solution minimises the loss of a field that is linear in b, c.

        f(s, u) = input_features(u) b + features(s) c:  L = mean (rows (b, c) - targets)^2. White noise gives the
        residuals about its own variance, so ridge regression of the residuals is as sound as ridge regression of the
        states themselves.

        Args:
          field_features: A function from states `[B, 2n]` to fields `[B, 2n, m]`, one for each coefficient of c.
          samples: The columns, arrays or tensors of one floating precision.
          input_features: A function that is linear in the inputs, from inputs `[N, T - 1, m_u]` to fields `[N, T - 1,
            2n, k]`, one for each coefficient of b. It is necessary if there are inputs.

        Returns:
          The rows `[M, k + m]` and targets `[M]`, M = N (T - 1) 2n, in the samples' precision.

        Raises:
          InputError: For the same reasons as in `residuals`, or if times do not increase, or inputs and their features
            are not both given.
        """
        times, states = tf.convert_to_tensor(samples["times"]), tf.convert_to_tensor(samples["states"])
        self._check(times.shape, states.shape)
        if not (np.diff(times) > 0).all():
            raise InputError(
                "times: expected increasing times in every row [T]; received times that repeat or decrease"
            )
        if ("inputs" in samples) != (input_features is not None):
            raise InputError(
                "weak: expected input_features if and only if the samples have inputs, so that no input is ignored; "
                f"received {'inputs' if 'inputs' in samples else 'input_features'} alone"
            )
        features = field_features(tf.reshape(states, [-1, states.shape[-1]]))
        fields = tf.reshape(features, [*times.shape, states.shape[-1] * features.shape[-1]])
        integrals = [_by_component(interval_integrals(times, fields), states.shape[-1])]
        if input_features is not None:
            # The inputs change linearly within an interval, so the integral is that of their mean.
            mean = (samples["inputs"][:, :-1] + samples["end_inputs"][:, :-1]) / 2
            step = (times[:, 1:] - times[:, :-1])[..., tf.newaxis, tf.newaxis]
            integrals.insert(0, step * tf.cast(input_features(tf.convert_to_tensor(mean)), step.dtype))
        joined = tf.concat(integrals, -1)
        # The regression takes the mean over k, but L takes the sum over k.
        scale = tf.sqrt(tf.cast(times.shape[1] - 1, states.dtype))
        rows = scale * self._test(tf.reshape(joined, [*joined.shape[:2], joined.shape[2] * joined.shape[3]]))
        targets = scale * self._test(states[:, 1:] - states[:, :-1])
        return tf.reshape(rows, [-1, joined.shape[-1]]).numpy(), tf.reshape(targets, [-1]).numpy()

    def _test(self, interval_errors: tf.Tensor) -> tf.Tensor:
        """Converts interval errors `[N, T - 1, d]` to residuals `[N, T - 1, d]`."""
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


def _by_component(flat: tf.Tensor, width: int) -> tf.Tensor:
    """Returns `[N, T, width, k]` of `[N, T, width k]`."""
    return tf.reshape(flat, [*flat.shape[:2], width, flat.shape[2] // width])


def _field(
    vector_field: VectorField, states: tf.Tensor, inputs: tf.Tensor | None, parameters: tf.Tensor | None
) -> tf.Tensor:
    """Returns the field at states `[N, ..., 2n]`, under inputs `[N, ..., m]` and at parameters `[N, k]`."""
    given = [inputs, None if parameters is None else of_readings(parameters, states)]
    # The states are flat, because a model may accept only `[B, 2n]`.
    flat = [None if values is None else tf.reshape(values, [-1, values.shape[-1]]) for values in (states, *given)]
    return tf.reshape(with_given(vector_field, *flat[1:])(flat[0]), tf.shape(states))


def _driven_integrals(
    vector_field: VectorField,
    times: tf.Tensor,
    states: tf.Tensor,
    inputs: tf.Tensor,
    end_inputs: tf.Tensor,
    parameters: tf.Tensor | None,
) -> tf.Tensor:
    """Returns the integrals `[N, T - 1, 2n]` of the field over the intervals.

    Inputs jump at samples. The field of an interval is therefore integrated with the inputs of this interval, which are
    continued beyond its ends.
    """
    last = times.shape[1] - 1
    stencil = np.clip(np.arange(last)[:, np.newaxis] + np.arange(-1, 3), 0, last)  # [T - 1, 4]
    step = (times[:, 1:] - times[:, :-1])[..., tf.newaxis]
    slope = (end_inputs[:, :-1] - inputs[:, :-1]) / step
    since = tf.gather(times, stencil, axis=1) - times[:, :-1, tf.newaxis]
    driving = inputs[:, :-1, tf.newaxis] + since[..., tf.newaxis] * slope[:, :, tf.newaxis]  # [N, T - 1, 4, m]
    at = tf.gather(states, stencil, axis=1)
    return stencil_integrals(times, _field(vector_field, at, driving, parameters))


def weak_test_functions(num_samples: int, window: int) -> np.ndarray:
    """Returns the values psi_kj `[T - 1, T - 1]` of the test functions (k) between the samples (j).

    psi^T psi is the quadratic form that maps the steps of a series `[T]` to its variance in a window, with (window - 1)
    in the denominator, averaged over all windows.
    """
    steps = np.arange(1, window)
    # The sum of (x - mean x)^2 over a window, as a form in the steps of x, is the covariance of a Brownian bridge.
    bridge = np.minimum.outer(steps, steps) * (window - np.maximum.outer(steps, steps)) / window
    num_windows = num_samples - window + 1
    form = np.zeros([num_samples - 1, num_samples - 1])
    for first in range(num_windows):
        form[first : first + window - 1, first : first + window - 1] += bridge
    return np.linalg.cholesky(form / (num_windows * (window - 1))).T
