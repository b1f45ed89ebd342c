"""Derivative matching, the paper's objective."""

import numpy as np
import tensorflow as tf

from hnn_tf.data.columns import reading_columns
from hnn_tf.data.recordings import Recordings
from hnn_tf.objectives.base import Objective, check_takes, mean_squared_error
from hnn_tf.objectives.driven_motion import with_given
from hnn_tf.objectives.sample_columns import parameters_of_readings
from hnn_tf.typing import Samples, VectorField


class DerivativeMatching(Objective):
    """Mean squared difference between the model's and the observed time derivatives.

    L = mean |f(s) - ds/dt|^2, where the mean is over samples and components. With inputs u and parameters theta, it is
    f(s, u; theta).

    With noise on the states, this is an errors-in-variables regression: slopes shrink, and the learned motion is too
    slow.

    The columns are `state` `[B, 2n]` and `time_derivative` `[B, 2n]` and, if there are inputs or parameters, `inputs`
    `[B, m]` and `parameters` `[B, k]`.

    References:
      Greydanus, Dzamba, Yosinski. Hamiltonian Neural Networks. arXiv:1906.01563, eq. 3.
    """

    name = "derivative"
    columns = ("state", "time_derivative")
    input_columns = ("inputs", "parameters")
    is_sample_mean = True
    takes = frozenset({"derivatives"})
    closed_form = "derivatives"
    uses_derivatives = True
    matches_at_states = True

    def samples_of(self, recordings: Recordings) -> dict[str, np.ndarray]:
        """Makes a sample of every reading, with the derivative that belongs to it, and the inputs at its time.

        Raises:
          InputError: If the recordings have no derivatives.
        """
        check_takes(self, recordings)
        return reading_columns(
            recordings.joined("states"),
            recordings.joined("time_derivatives"),
            recordings.joined("inputs") if recordings.num_inputs else None,
            parameters_of_readings(recordings),
        )

    def loss(self, model: VectorField, samples: Samples) -> tf.Tensor:
        """Returns the scalar loss of a vector field on samples."""
        motion = with_given(model, samples.get("inputs"), samples.get("parameters"))
        return mean_squared_error(motion(samples["state"]), samples["time_derivative"])
