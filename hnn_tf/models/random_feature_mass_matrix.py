"""A mass matrix that is linear in its learned coefficients."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.models.mass_matrix import MassMatrix, product
from hnn_tf.models.position_inputs import PositionInputs
from hnn_tf.models.random_features import RandomFeatures
from hnn_tf.numerics.triangular import back_substitution, cholesky_factor, forward_substitution
from hnn_tf.typing import ActivationLike

_BUMPS = 0.1
"""The sum of the initial coefficients' standard deviations. The initial M is therefore near the identity."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class RandomFeatureMassMatrix(RandomFeatures, MassMatrix):
    """A mass matrix that is a sum of fixed features of the position.

    M(q) = C_0 + sum_i phi_i(q) C_i, with symmetric C_i.

    `RandomFeatures` has the features phi. The forces of a motion are linear in C, so
    `hnn_tf.closed_form.fit_inverse_dynamics` finds C by a least-squares solve. In contrast to `MLPMassMatrix`, M is not
    positive definite for all C. M(q)^-1 is NaN where M is not positive definite.

    Args:
      num_features: The number of units, >= 1.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.
      angles: The indices of the positions that are angles (rad). M has the period 2 pi in these positions.

    Input: position `[..., n]`. Output: M `[..., n, n]`.

    Raises:
      InputError: If the activation is not smooth, `num_features` is below 1, or an index in `angles` is not that of a
        position, or stands twice.
    """

    has_closed_form = True

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

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for positions `[..., n]`. The initial M is near the identity."""
        super().build(input_shape)
        n = self._dof
        self._build_features(PositionInputs(n, self.angles))
        self.entries = [(i, j) for i in range(n) for j in range(i + 1)]
        # A product with this matrix puts each entry at its two places in the flattened M.
        self._places = np.zeros([len(self.entries), n * n])
        for row, (i, j) in enumerate(self.entries):
            self._places[row, [i * n + j, j * n + i]] = 1.0
        k, num_units = len(self.entries), self.num_features
        drawn = keras.initializers.RandomNormal(stddev=_BUMPS / num_units)

        def bumps(shape: Sequence[int], dtype: Any) -> tf.Tensor:
            return tf.concat([drawn((num_units, k), dtype), tf.zeros((shape[0] - num_units, k), dtype)], 0)

        def identity(shape: Sequence[int], dtype: Any) -> tf.Tensor:
            return tf.constant([float(i == j) for i, j in self.entries], dtype, shape)

        self._constant = self.add_weight(name="constant", shape=(k,), initializer=identity)
        self._coefficients = self.add_weight(
            name="coefficients", shape=(num_units + self._num_monomials, k), initializer=bumps
        )

    def assign_coefficients(self, constant: np.ndarray, values: np.ndarray) -> None:
        """Replaces C_0 `[k]` and C `[m, k]`, the entries of symmetric matrices in the order of `entries`."""
        self._constant.assign(constant)
        self._coefficients.assign(values)

    def elements(self, x: tf.Tensor) -> tf.Tensor:
        """Returns the entries of M on and below the diagonal, row by row, `[B, k]`, at positions `[B, n]`."""
        return self._constant + tf.matmul(self.features(x), self._coefficients)

    def _matrix(self, elements: tf.Tensor) -> tf.Tensor:
        flat = tf.matmul(elements, self._as(self._places))
        return tf.reshape(flat, tf.concat([tf.shape(elements)[:-1], [self._dof, self._dof]], 0))

    def _rate(self, elements: tf.Tensor, change: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns dM/dt v, where M is linear in its elements."""
        del elements
        return product(self._matrix(change), vector)

    def _solved(self, elements: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        factor = cholesky_factor(self._matrix(elements))
        return back_substitution(factor, forward_substitution(factor, vector))

    def _norm_gradient(self, x: tf.Tensor, elements: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
        """Returns the gradient of v^T M v = sum_i phi_i v^T C_i v."""
        del elements
        outer = vector[..., :, tf.newaxis] * vector[..., tf.newaxis, :]
        flat = tf.reshape(outer, tf.concat([tf.shape(vector)[:-1], [self._dof**2]], 0))
        of_entries = tf.matmul(flat, self._as(self._places), transpose_b=True)
        return self._pulled_back(x, tf.matmul(of_entries, self._coefficients, transpose_b=True))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {"angles": self.angles}
