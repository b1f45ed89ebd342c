"""The base class of layers with fixed random features of a vector."""

from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.models.sampled_weights import SPAN, sampled_weights
from hnn_tf.models.vector_layer import VectorLayer
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike

POLYNOMIAL_SCALE = 10.0
"""The factor of u and of its products relative to the units.

A penalty on the coefficients therefore shrinks u and its products 100 times less. If the data are too noisy for more,
the fit is a harmonic oscillator.
"""

MONOMIAL_SCALE = 1e2
"""The scale, in a prior, of the coefficients of u and of its products, relative to the coefficients of the units."""


class Inputs(Protocol):
    """The inputs z(x) `[..., d]` of features of a vector x `[..., w]`.

    Attributes:
      width: d.
      groups: The indices of the inputs in each group. A unit reads the inputs of one group.
      products: The pairs of inputs whose products are features.
    """

    width: int
    groups: list[np.ndarray]
    products: list[tuple[int, int]]

    def value(self, x: tf.Tensor) -> tf.Tensor:
        """Returns z `[..., d]`."""

    def jacobian(self, x: tf.Tensor) -> tf.Tensor:
        """Returns dz/dx `[..., w, d]`."""


def checked_vectors(vectors: np.ndarray) -> np.ndarray:
    """Returns the vectors to which features adapt, in float64.

    Raises:
      InputError: If they are not `[N, d]` with N >= 2, or a number is not finite.
    """
    vectors = np.asarray(vectors, np.float64)
    if vectors.ndim != 2 or len(vectors) < 2 or not np.isfinite(vectors).all():
        raise InputError(
            f"adapt: expected finite states or positions [N, d], N >= 2; received an array {vectors.shape}"
        )
    return vectors


class RandomFeatures(VectorLayer):
    """The base class of layers with fixed features of a vector x, of which the layers are linear combinations.

    phi_i(x) = a(k_i . u + b_i),  10 u_j  and  10 u_j u_k,  u = (z(x) - mean) / std.

    The features a(k_i . u + b_i) are called units. z(x) are the inputs, which a subclass chooses. The method `adapt`
    determines mean, std, k and b from data.

    Args:
      num_features: The number of units, >= 1.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.

    Raises:
      InputError: If the activation is not smooth, or `num_features` is below 1.

    References:
      Rahimi, Recht. Random features for large-scale kernel machines. NeurIPS 2007.
    """

    def __init__(self, *, num_features: int, activation: ActivationLike, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._activation = activation_choice.get_smooth(activation)
        if num_features < 1:
            raise InputError(f"num_features: expected an integer >= 1; received {num_features}")
        self.num_features, self.activation = num_features, activation_choice.known(activation)
        self.supports_masking = True

    def _build_features(self, inputs: Inputs) -> None:
        """Creates the fixed weights of the features. Before `adapt`, they are drawn at random for u = z."""
        self._inputs, d = inputs, inputs.width
        # The columns of two selection matrices give the products u_j u_k.
        self._pairs = inputs.products
        self._left, self._right = (np.eye(d)[:, list(side)] for side in zip(*self._pairs, strict=True))
        self._left *= POLYNOMIAL_SCALE

        def fixed(name: str, shape: tuple[int, ...], initializer: Any) -> keras.Variable:
            return self.add_weight(name=name, shape=shape, initializer=initializer, trainable=False)

        self._mean, self._std = fixed("mean", (d,), "zeros"), fixed("std", (d,), "ones")
        direction = keras.initializers.RandomNormal(stddev=SPAN / d**0.5)
        mask = self._mask()
        self._kernel = fixed("kernel", (d, self.num_features), lambda shape, dtype: direction(shape, dtype) * mask)
        self._bias = fixed("bias", (self.num_features,), keras.initializers.RandomUniform(-SPAN, SPAN))

    @property
    def _num_monomials(self) -> int:
        """The number of features 10 u_j and 10 u_j u_k, which follow the units."""
        return self._inputs.width + len(self._pairs)

    def _initial_coefficients(self, bumps: float) -> Any:
        """Returns an initializer of coefficients `[m]` of |u|^2 / 2 plus bumps of a normal distribution."""
        oscillator = [0.5 / POLYNOMIAL_SCALE * (j == k) for j, k in self._pairs]
        start = np.concatenate([np.full(self.num_features, np.nan), np.zeros(self._inputs.width), oscillator])
        drawn = keras.initializers.RandomNormal(stddev=bumps)
        return lambda shape, dtype: tf.where(np.isnan(start), drawn(shape, dtype), tf.constant(start, dtype))

    def _mask(self) -> np.ndarray:
        """Returns the mask `[d, num_features]` of the inputs that each unit reads, which are those of one group."""
        groups, d = self._inputs.groups, self._inputs.width
        mask = np.zeros([d, self.num_features], self.compute_dtype)
        for units, group in zip(self._units(), groups, strict=True):
            mask[np.ix_(group, units)] = 1.0
        return mask

    def _units(self) -> list[np.ndarray]:
        """Returns the indices of the units of each group.

        If there are several groups, half of the units belong to the first group, which is that of p or of all inputs.
        """
        units, others = np.arange(self.num_features), len(self._inputs.groups) - 1
        if not others:
            return [units]
        half = self.num_features // 2
        return [units[:half], *np.array_split(units[half:], others)]

    def adapt(self, states: np.ndarray, *, seed: int = 0, slope: float | None = None) -> None:
        """Determines the mean and spread of the inputs, and the units, from states or other vectors x `[N, w]`.

        The coefficients do not change. The units are those of `sampled_weights`.

        Raises:
          InputError: If there are fewer than two vectors, or a number is not finite.
        """
        prepared = self._prepared(tf.constant(checked_vectors(states)))
        inputs = self._inputs.value(prepared).numpy()
        mean, std = inputs.mean(0), inputs.std(0)
        std[std <= 1e-9 * np.abs(inputs).max(0)] = 1.0  # a constant input has no scale
        rng, inputs = np.random.default_rng(seed), (inputs - mean) / std
        kernel, bias = np.zeros(self._kernel.shape), np.zeros(self._bias.shape)
        for units, group in zip(self._units(), self._inputs.groups, strict=True):
            if not units.size:  # there are fewer units than groups
                continue
            kernel[np.ix_(group, units)], bias[units] = sampled_weights(rng, inputs[:, group], len(units), slope)
        for variable, value in zip(
            (self._mean, self._std, self._kernel, self._bias), (mean, std, kernel, bias), strict=True
        ):
            variable.assign(value)

    @property
    def coefficient_scales(self) -> np.ndarray:
        """The relative prior scales `[m]` of the coefficients; the coefficients of u and u u are practically free."""
        return np.concatenate([np.ones(self.num_features), np.full(self._num_monomials, MONOMIAL_SCALE)])

    def features(self, x: tf.Tensor) -> tf.Tensor:
        """Returns the features phi `[..., m]` of vectors x `[..., w]`."""
        x = self._prepared(x)
        if x.shape.rank == 1:  # a matrix product needs two axes
            return self.features(x[tf.newaxis])[0]
        u, left, right = self._standardised(x)
        return tf.concat(
            [self._activation.value(tf.matmul(u, self._kernel) + self._bias), POLYNOMIAL_SCALE * u, left * right], -1
        )

    def feature_gradients(self, x: tf.Tensor) -> tf.Tensor:
        """Returns dphi/dx `[..., w, m]` at vectors x `[..., w]`."""
        x = self._prepared(x)
        if x.shape.rank == 1:
            return self.feature_gradients(x[tf.newaxis])[0]
        (u, left, right), jacobian = self._standardised(x), self._jacobian(x)
        products = tf.matmul(jacobian, self._as(self._left)) * right[..., tf.newaxis, :]
        products += tf.matmul(jacobian, self._as(self._right)) * left[..., tf.newaxis, :]
        units = tf.matmul(jacobian, self._kernel) * self._slope(u)[..., tf.newaxis, :]
        return tf.concat([units, POLYNOMIAL_SCALE * jacobian, products], -1)

    def _pulled_back(self, x: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        """Returns the gradient `[..., w]` of u . phi by x, in plain operations, without fused gradient kernels.

        Args:
          x: `[..., w]`, of at least two axes.
          upstream: The constant u, `[m]` or `[..., m]`.
        """
        u, left, right = self._standardised(x)
        of_units, linear, of_products = tf.split(upstream, [self.num_features, u.shape[-1], -1], -1)
        by_inputs = POLYNOMIAL_SCALE * linear + tf.matmul(self._slope(u) * of_units, self._kernel, transpose_b=True)
        by_inputs += tf.matmul(of_products * right, self._as(self._left), transpose_b=True)
        by_inputs += tf.matmul(of_products * left, self._as(self._right), transpose_b=True)
        return tf.reduce_sum(self._jacobian(x) * by_inputs[..., tf.newaxis, :], -1)

    def _standardised(self, x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns the inputs u `[..., d]`, and both factors of each product."""
        u = (self._inputs.value(x) - self._mean) / self._std
        return u, tf.matmul(u, self._as(self._left)), tf.matmul(u, self._as(self._right))

    def _jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return self._inputs.jacobian(x) / self._std

    def _slope(self, u: tf.Tensor) -> tf.Tensor:
        argument = tf.matmul(u, self._kernel) + self._bias
        return self._activation.derivative(argument, self._activation.value(argument))

    def _as(self, array: np.ndarray) -> tf.Tensor:
        return tf.constant(array, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "num_features": self.num_features,
            "activation": activation_choice.serialized(self.activation),
        }
