"""Trajectory matching and derivative matching in one objective."""

from typing import Any, ClassVar

import numpy as np
import tensorflow as tf

from hnn_tf.data.recordings import Recordings
from hnn_tf.objectives.base import mean_squared_error
from hnn_tf.objectives.driven_motion import of_readings, with_given
from hnn_tf.objectives.trajectory_matching import TrajectoryMatching, check_std, weighted_mean
from hnn_tf.typing import Samples, VectorField


class CombinedMatching(TrajectoryMatching):
    """Trajectory matching, plus derivative matching at the rolled-out states.

    L = L_trajectory + mean_k |f(Phi_{t_k}(s_0)) - ds/dt_k|^2 / tau^2.

    The rolled-out states have no noise. The derivatives are therefore matched where they were measured, and not at the
    noisy observations as in `DerivativeMatching`. The first term determines the phase, and the second term the energy.

    The columns are those of `TrajectoryMatching`, and `time_derivatives` `[B, T, 2n]`. If there are inputs,
    the derivatives belong to `inputs`.

    Args:
      derivative_std: tau, the error of the derivatives in their unit: a number, or one for each coordinate. A smaller
        error gives the derivatives more weight. The default is 1 until `hnn_tf.warm_start` estimates the error.
      **options: See `TrajectoryMatching`.

    Raises:
      ValueError: For the same reasons as in `TrajectoryMatching`.
      InputError: For the same reasons as in `TrajectoryMatching`.
    """

    name = "combined"
    columns = ("times", "states", "initial_state", "time_derivatives")
    takes = TrajectoryMatching.takes | {"derivatives"}
    uses_derivatives = True
    steps_from_closed_form = 150
    found: ClassVar[tuple[str, ...]] = ("derivative_std", *TrajectoryMatching.found)

    def __init__(self, *, derivative_std: float | np.ndarray | None = None, **options: Any) -> None:
        super().__init__(**options)
        check_std("derivative_std", derivative_std)
        self.derivative_std = derivative_std

    def samples_of(self, recordings: Recordings) -> dict[str, np.ndarray]:
        """Makes the columns of `TrajectoryMatching`, with the derivatives.

        Raises:
          InputError: For the same reasons as in `TrajectoryMatching`, or if the recordings have no derivatives.
        """
        windows = recordings.windows()
        columns = super().samples_of(windows)
        return columns | {"time_derivatives": windows.stacked("time_derivatives")}

    def loss_at_step(self, model: VectorField, samples: Samples, step: tf.Tensor | None) -> tf.Tensor:
        """Returns the loss of a training step, in which the horizon may still be growing."""
        rolled_out, segments, counting = self._roll_out(model, samples, step)
        states, derivatives = (tf.convert_to_tensor(samples[name]) for name in ("states", "time_derivatives"))
        if derivatives.shape != states.shape:
            mean_squared_error(states, derivatives)  # raises an error that says which shapes differ
        observed = tf.gather(derivatives, segments.indices, axis=1)
        inputs = samples.get("inputs")
        if inputs is not None:
            inputs = tf.reshape(tf.gather(inputs, segments.indices, axis=1), [-1, inputs.shape[-1]])
        parameters = samples.get("parameters")
        if parameters is not None:
            parameters = tf.reshape(of_readings(parameters, rolled_out), [-1, parameters.shape[-1]])
        # The states are flat, as in `roll_out`.
        motion = with_given(model, inputs, parameters)
        predicted = tf.reshape(motion(tf.reshape(rolled_out, [-1, rolled_out.shape[-1]])), tf.shape(rolled_out))
        scale = 1.0 if self.derivative_std is None else self.derivative_std
        residual = (predicted - observed) / tf.constant(scale, rolled_out.dtype)
        state_loss = self._state_loss(rolled_out, samples, segments, counting)
        return state_loss + weighted_mean(residual * residual, segments, counting)
