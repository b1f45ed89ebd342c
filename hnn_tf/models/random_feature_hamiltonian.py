"""A Hamiltonian that is linear in its learned coefficients."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.input_error import InputError
from hnn_tf.models.feature_inputs import STRUCTURES, FeatureInputs
from hnn_tf.models.random_feature_sum import RandomFeatureSum
from hnn_tf.typing import ActivationLike


@keras.saving.register_keras_serializable(package="hnn_tf")
class RandomFeatureHamiltonian(RandomFeatureSum):
    """A Hamiltonian that is a sum of fixed features with learned coefficients.

    H(s) = sum_i w_i phi_i(s):  phi_i = a(k_i . u + b_i),  10 u_j  and 10 u_j u_k,  u = (z(s) - mean) / std.

    The features a(k_i . u + b_i) are called units. z(s) are the state's inputs; see `FeatureInputs`. The method `adapt`
    determines mean, std, k and b from data. The motion is linear in w, so `hnn_tf.closed_form.fit` finds w by one
    least-squares solve. Any other training can continue from this solution.

    Args:
      num_features: The number of units, >= 1.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.
      structure: With "full", each unit depends on the whole state. With "separable", half of the units depend on p and
        the others on q, so that H = T(p) + V(q). With "pairwise", half of the units depend on p, and each of the others
        on the distance |q_i - q_j| of one pair of bodies.
      periodic: The indices of the positions that are angles (rad). H has the period 2 pi in these positions.
      dimension: The dimension of the bodies' space, for "pairwise".

    Attributes:
      separable: Whether H = T(p) + V(q).

    Input `[..., 2n]`, output `[...]`.

    Raises:
      InputError: If an option is not valid.

    References:
      Rahimi, Recht. Random features for large-scale kernel machines. NeurIPS 2007.
      Rahma, Datar, Dietrich. Training Hamiltonian neural networks without backpropagation. arXiv:2411.17511.
    """

    def __init__(
        self,
        *,
        num_features: int = 200,
        activation: ActivationLike = "tanh",
        structure: str = "full",
        periodic: Sequence[int] = (),
        dimension: int = 2,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_features=num_features, activation=activation, **kwargs)
        if structure not in STRUCTURES:
            raise InputError(f"structure: expected one of {', '.join(STRUCTURES)}; received {structure!r}")
        if dimension < 1:
            raise InputError(f"dimension: expected an integer >= 1; received {dimension}")
        if structure == "pairwise" and tuple(periodic):
            raise InputError(
                "periodic: expected none with structure='pairwise', because distances of bodies have no period; "
                f"received {tuple(periodic)}"
            )
        self.structure, self.periodic, self.dimension = structure, tuple(periodic), dimension
        self.separable = structure != "full"

    def _new_inputs(self, input_shape: Sequence[int | None]) -> FeatureInputs:
        width = 2 * phase_space.dof(tf.TensorSpec(input_shape))
        return FeatureInputs(width, structure=self.structure, periodic=self.periodic, dimension=self.dimension)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        own = {"structure": self.structure, "periodic": self.periodic, "dimension": self.dimension}
        return super().get_config() | own
