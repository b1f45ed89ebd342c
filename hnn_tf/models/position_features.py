"""Fixed random features of positions, which several functions of the positions share."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.models.joint_inputs import JointInputs
from hnn_tf.models.random_features import RandomFeatures


class PositionFeatures(RandomFeatures):
    """The features phi(q) `[..., m]` of positions q `[..., n]`, without coefficients.

    `RandomFeatures` has the features, and `JointInputs` their inputs. Half of the units read all inputs. Each of the
    others reads one position that is not an angle, or one angle, or the sum or the difference of two angles.

    Args:
      num_features: The number of units, >= 1.
      activation: A smooth activation.
      angles: The indices of the positions that are angles (rad).

    Raises:
      InputError: If the activation is not smooth, `num_features` is below 1, or an index in `angles` is not that of a
        position, or stands twice.
    """

    def __init__(self, *, angles: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.angles = tuple(int(i) for i in angles)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the fixed weights for positions `[..., n]`."""
        width = self._known_width(input_shape)
        self._build_features(JointInputs(width, self.angles))
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: width})

    @property
    def count(self) -> int:
        """The number m of features."""
        return self.num_features + self._num_monomials

    def initial_coefficients(self, bumps: float) -> Any:
        """Returns an initializer of coefficients `[m]` of |u|^2 / 2 plus bumps of a normal distribution."""
        return self._initial_coefficients(bumps)

    def pulled_back(self, position: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[B, n]` of u . phi by q `[B, n]`, for constant u `[B, m]`, in plain operations."""
        return self._pulled_back(position, upstream)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {"angles": self.angles}
