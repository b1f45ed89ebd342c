"""An energy of positions that is linear in its learned coefficients."""

from collections.abc import Sequence
from typing import Any

import keras

from hnn_tf.models.position_inputs import PositionInputs
from hnn_tf.models.random_feature_sum import RandomFeatureSum
from hnn_tf.typing import ActivationLike


@keras.saving.register_keras_serializable(package="hnn_tf")
class RandomFeatureEnergy(RandomFeatureSum):
    """An energy that is a sum of fixed features of a position, for example V(q) of a `MechanicalHamiltonian`.

    V(q) = sum_i w_i phi_i(q).

    `RandomFeatures` has the features phi. Angles enter by their sines and cosines. The products of these inputs contain
    the sines and cosines of sums of two angles, so the gravity of two joints is among the features.

    Args:
      num_features: The number of units, >= 1.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.
      angles: The indices of the positions that are angles (rad). V has the period 2 pi in these positions.

    Input: position `[..., n]`. Output: energy `[...]`.

    Raises:
      InputError: If the activation is not smooth, `num_features` is below 1, or an index in `angles` is not that of a
        position, or stands twice.
    """

    def __init__(
        self,
        *,
        num_features: int = 200,
        activation: ActivationLike = "tanh",
        angles: Sequence[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(num_features=num_features, activation=activation, **kwargs)
        self.angles = tuple(int(i) for i in angles)

    def _new_inputs(self, input_shape: Sequence[int | None]) -> PositionInputs:
        return PositionInputs(self._known_width(input_shape), self.angles)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {"angles": self.angles}
