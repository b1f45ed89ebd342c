"""The parameters of a layer, as further inputs of its perceptron."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.motion_parameters import of_every_state
from hnn_tf.numerics import scalars


class ParameterInputs:
    """The further inputs z(theta) `[..., k]` of a function of parameters theta.

    z_i = (theta_i - c_i) / h_i, with the centre c_i and the half-width h_i of the range of theta_i. Inputs of a
    perceptron should be of order 1, and parameters can have any unit. Without ranges, z = theta.

    Args:
      num_parameters: k; with 0, there are no parameters.
      ranges: The smallest and the largest value of each parameter, `[k, 2]`. If the two are equal, h_i = 1.

    Raises:
      InputError: If k is not an integer >= 0, or the ranges are not finite numbers `[k, 2]` in increasing order.
    """

    def __init__(self, num_parameters: int, ranges: Sequence[Sequence[float]] | None) -> None:
        if num_parameters != int(num_parameters) or num_parameters < 0:
            raise InputError(f"num_parameters: expected an integer k >= 0; received {num_parameters}")
        self.count = int(num_parameters)
        self.ranges = None if ranges is None else np.asarray(ranges, np.float64)
        if self.ranges is None:
            return
        if self.ranges.shape != (self.count, 2) or not np.isfinite(self.ranges).all():
            raise InputError(
                f"parameter_ranges: expected a smallest and a largest number for each of {self.count} parameters; "
                f"received {ranges}"
            )
        low, high = self.ranges.T
        if np.any(low > high):
            raise InputError(f"parameter_ranges: expected the smallest number first; received {ranges}")
        self._centre, self._half = (low + high) / 2, np.where(low == high, 1.0, (high - low) / 2)

    def joined(self, vector: tf.Tensor, parameters: Any) -> tf.Tensor:
        """Returns vectors `[..., d]` with the inputs of their parameters, `[..., d + k]`; the vectors if k = 0.

        Args:
          vector: `[..., d]`.
          parameters: `[..., k]` or `[k]`; None if k = 0.
        """
        if parameters is None:
            return vector
        parameters = scalars.cast(parameters, vector.dtype)
        if self.ranges is not None:
            centre, half = (tf.constant(value, vector.dtype) for value in (self._centre, self._half))
            parameters = (parameters - centre) / half
        return tf.concat([vector, of_every_state(parameters, vector)], -1)

    def config(self) -> dict[str, Any]:
        """Returns the arguments under the names that layers use."""
        return {
            "num_parameters": self.count,
            "parameter_ranges": None if self.ranges is None else self.ranges.tolist(),
        }
