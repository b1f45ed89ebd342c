"""The base class of energies that are sums of random features."""

import abc
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.models.random_features import Inputs, RandomFeatures


class RandomFeatureSum(RandomFeatures, abc.ABC):
    """The base class of energies E(x) = sum_i w_i phi_i(x) with fixed features and learned coefficients w.

    E is linear in w, so a closed form finds w by a least-squares solve. Any other training can continue from this
    solution. A subclass chooses the inputs z(x) of the features.

    Input `[..., d]`, output `[...]`.
    """

    has_closed_form = True

    @abc.abstractmethod
    def _new_inputs(self, input_shape: Sequence[int | None]) -> Inputs:
        """Returns the inputs of vectors `[..., d]`."""

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for vectors `[..., d]`. The initial E is |u|^2 / 2 plus small random bumps."""
        self._build_features(self._new_inputs(input_shape))
        self._coefficients = self.add_weight(
            name="coefficients",
            shape=(self.num_features + self._num_monomials,),
            initializer=self._initial_coefficients(bumps=0.1),
        )
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: input_shape[-1]})

    @property
    def coefficients(self) -> tf.Tensor:
        """The coefficients w `[m]`."""
        return tf.convert_to_tensor(self._coefficients)

    def assign_coefficients(self, values: np.ndarray) -> None:
        """Replaces the coefficients by values `[m]`."""
        self._coefficients.assign(values)

    def call(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns the energy `[...]` of vectors `[..., d]`."""
        return tf.reduce_sum(self.features(vector) * self.coefficients, -1)

    def gradient(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns dE/dx `[..., d]` at vectors `[..., d]`, in plain operations, without fused gradient kernels."""
        vector = self._prepared(vector)
        if vector.shape.rank == 1:
            return self.gradient(vector[tf.newaxis])[0]
        return self._pulled_back(vector, self.coefficients)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[...]` of the energy for vectors `[..., d]`."""
        return tuple(input_shape[:-1])
