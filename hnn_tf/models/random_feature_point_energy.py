"""A potential of points in external fields, with forces between pairs, that is linear in its learned coefficients."""

from collections.abc import Sequence
from typing import Any

import keras

from hnn_tf.input_error import InputError
from hnn_tf.models.point_inputs import PointInputs
from hnn_tf.models.random_feature_sum import RandomFeatureSum
from hnn_tf.typing import ActivationLike


@keras.saving.register_keras_serializable(package="hnn_tf")
class RandomFeaturePointEnergy(RandomFeatureSum):
    """A potential of points that is a sum of fixed features of each point, and of the distance of each pair of points.

    V(q) = sum_i V_i(x_i) + sum_ij U_ij(|x_i - x_j|).

    This is the potential of external fields, such as gravity in an unknown direction, and of forces between two points,
    such as springs. `RandomFeatures` has the features, among which are all coordinates, the products of two coordinates
    of a point, and the square of each distance. Uniform gravity and springs are therefore among them exactly. The
    positions are those of one point after the other, q = (x_1, y_1, x_2, y_2, ...).

    Args:
      dimension: The number of coordinates of a point.
      pairs: The pairs (i, j) of points that may act on each other. Pairs at a constant distance do not belong here.
      num_features: The number of units, >= 1.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.

    Input: position `[..., n]`. Output: energy `[...]`.

    Raises:
      InputError: If the activation is not smooth, `num_features` is below 1, or, when the layer is built, the positions
        are not those of points of this dimension, or a pair is not one of two points.
    """

    def __init__(
        self,
        *,
        dimension: int,
        pairs: Sequence[Sequence[int]] = (),
        num_features: int = 100,
        activation: ActivationLike = "tanh",
        **kwargs: Any,
    ) -> None:
        super().__init__(num_features=num_features, activation=activation, **kwargs)
        if any(len(pair) != 2 for pair in pairs):
            raise InputError(f"pairs: expected pairs (i, j) of points; received {list(pairs)}")
        self.dimension, self.pairs = dimension, tuple((int(i), int(j)) for i, j in pairs)

    def _new_inputs(self, input_shape: Sequence[int | None]) -> PointInputs:
        return PointInputs(self._known_width(input_shape), dimension=self.dimension, pairs=self.pairs)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {"dimension": self.dimension, "pairs": [list(pair) for pair in self.pairs]}
