"""The Hamiltonian of a mechanical system that is linear in its learned coefficients."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.input_error import InputError
from hnn_tf.models.position_features import PositionFeatures
from hnn_tf.models.random_features import MONOMIAL_SCALE, POLYNOMIAL_SCALE, checked_vectors
from hnn_tf.models.vector_layer import VectorLayer
from hnn_tf.typing import ActivationLike, State

_SLOPE = 0.4
"""The slope of the units, unless another one is given.

With exact data of a double pendulum, slopes from 0.2 to 0.4 give more than ten times smaller errors of H than the units
of `sampled_weights` without a slope.
"""

_BUMPS = 0.1
"""The sum of the initial coefficients' standard deviations. The initial A is therefore near the identity."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class RandomFeatureMechanicalHamiltonian(VectorLayer):
    """The Hamiltonian of a mechanical system, as a sum of fixed features of the position with learned coefficients.

    H(q, p) = p^T A(q) p / 2 + V(q),  A(q) = C_0 + sum_k phi_k(q) C_k,  V(q) = sum_k w_k phi_k(q).

    The matrix A is the inverse of the mass matrix M, and the matrices C_k are symmetric. `PositionFeatures` has the
    features phi. H is linear in C_0, C_k and w, so `hnn_tf.closed_form.fit` finds them by one least-squares solve of
    states (q, p) and their time derivatives. Any other training can continue from this solution.

    In contrast to the M of `MLPMassMatrix`, A is not positive definite for all coefficients. Where A is not positive
    definite, some momenta have a negative kinetic energy. The functions in `hnn_tf.closed_form` warn if this is so at
    a position of their data. `MechanicalHamiltonian` with `RandomFeatureMassMatrix` has an M that is linear in its
    coefficients, and is fitted to forces.

    Args:
      num_features: The number of units, >= 1. With m features of the position, H has (m + 1) n (n + 1) / 2 + m
        coefficients.
      activation: A smooth activation: a name in `hnn_tf.activations` or `keras.activations`, or a function.
      periodic: The indices of the positions that are angles (rad). H has the period 2 pi in these positions.

    Input: state `[..., 2n]`. Output: energy `[...]`.

    Raises:
      InputError: If the activation is not smooth, `num_features` is below 1, or an index in `periodic` is not that of a
        position, or stands twice.

    References:
      Rahma, Datar, Dietrich. Training Hamiltonian neural networks without backpropagation. arXiv:2411.17511.
    """

    has_closed_form = True
    even_in_momenta = True
    separable = False

    def __init__(
        self,
        *,
        num_features: int = 200,
        activation: ActivationLike = "tanh",
        periodic: Sequence[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.periodic = tuple(int(i) for i in periodic)
        self.position_features = PositionFeatures(
            num_features=num_features, activation=activation, angles=self.periodic, dtype=self.dtype_policy
        )
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for states `[..., 2n]`. The initial H is near an oscillator of masses 1."""
        n = phase_space.dof(tf.TensorSpec(input_shape))
        if not all(0 <= i < n for i in self.periodic) or len(set(self.periodic)) < len(self.periodic):
            raise InputError(
                f"periodic: expected different indices of positions, 0 to {n - 1}; received {self.periodic}"
            )
        self.position_features.build([None, n])
        entries = [(i, j) for i in range(n) for j in range(i + 1)]
        # The columns of two selection matrices give the products r_i r_j of momenta.
        self._left, self._right = (np.eye(n)[:, list(side)] for side in zip(*entries, strict=True))
        # A product with this matrix puts the coefficient of r_i r_j at its two places in the flattened A.
        self._places = np.zeros([len(entries), n * n])
        for row, (i, j) in enumerate(entries):
            for place in (i * n + j, j * n + i):
                self._places[row, place] += 1.0
        num_products, num_features = len(entries), self.position_features.count
        num_units = self.position_features.num_features
        drawn = keras.initializers.RandomNormal(stddev=_BUMPS / num_units)
        potential = self.position_features.initial_coefficients(bumps=0.1)

        def oscillator(shape: Sequence[int], dtype: Any) -> tf.Tensor:
            del shape
            constant = tf.constant([0.5 / POLYNOMIAL_SCALE * (i == j) for i, j in entries], dtype)
            monomials = tf.zeros([num_features - num_units, num_products], dtype)
            of_kinetic = tf.concat([drawn((num_units, num_products), dtype), monomials], 0)
            of_potential = tf.convert_to_tensor(potential((num_features,), dtype))[:, tf.newaxis]
            return tf.concat([constant, tf.reshape(tf.concat([of_kinetic, of_potential], 1), [-1])], 0)

        self._momentum_scale = self.add_weight(name="momentum_scale", shape=(n,), initializer="ones", trainable=False)
        self._coefficients = self.add_weight(
            name="coefficients", shape=(num_products + num_features * (num_products + 1),), initializer=oscillator
        )
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: 2 * n})

    def adapt(self, states: np.ndarray, *, seed: int = 0, slope: float | None = None) -> None:
        """Determines the features of the position, and the scale of the momenta, from states `[N, 2n]`.

        The coefficients do not change.

        Raises:
          InputError: If there are fewer than two states, or a number is not finite.
        """
        state = self._prepared(tf.constant(checked_vectors(states)))
        q, p = (part.numpy() for part in phase_space.split(state))
        self.position_features.adapt(q, seed=seed, slope=_SLOPE if slope is None else slope)
        scale = np.sqrt(np.mean(np.square(p, dtype=np.float64), 0))
        self._momentum_scale.assign(np.where(scale > 0.0, scale, 1.0))

    @property
    def coefficients(self) -> tf.Tensor:
        """The coefficients `[M]`: of each product of momenta alone, then, for each phi_k, of the products and of 1."""
        return tf.convert_to_tensor(self._coefficients)

    def assign_coefficients(self, values: np.ndarray) -> None:
        """Replaces the coefficients by values `[M]`."""
        self._coefficients.assign(values)

    @property
    def coefficient_scales(self) -> np.ndarray:
        """The relative prior scales `[M]` of the coefficients; those of polynomials are practically free."""
        num_products = self._left.shape[1]
        of_features = np.repeat(self.position_features.coefficient_scales, num_products + 1)
        return np.concatenate([np.full(num_products, MONOMIAL_SCALE), of_features])

    def call(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]`."""
        state = self._prepared(state)
        if state.shape.rank == 1:  # a matrix product needs two axes
            return self.call(state[tf.newaxis])[0]
        q, p = phase_space.split(state)
        return tf.reduce_sum(self._momenta(p)[2] * self._at(q), -1)

    def gradient(self, state: State) -> tf.Tensor:
        """Returns dH/ds `[..., 2n]` at states `[..., 2n]`, in plain operations, without fused gradient kernels."""
        state = self._prepared(state)
        if state.shape.rank == 1:
            return self.gradient(state[tf.newaxis])[0]
        q, p = phase_space.split(state)
        left, right, products = self._momenta(p)
        of_products = self._at(q)[..., :-1]
        by_momentum = tf.matmul(of_products * right, self._as(self._left), transpose_b=True)
        by_momentum += tf.matmul(of_products * left, self._as(self._right), transpose_b=True)
        upstream = tf.matmul(products, self._table()[1], transpose_b=True)
        by_position = self.position_features.pulled_back(q, upstream)
        return phase_space.join(by_position, by_momentum / self._momentum_scale)

    def features(self, state: State) -> tf.Tensor:
        """Returns the features `[..., M]` at states `[..., 2n]`: 10 r_i r_j, phi_k r_i r_j and phi_k.

        r_i = p_i / (the root mean square of p_i).
        """
        state = self._prepared(state)
        if state.shape.rank == 1:
            return self.features(state[tf.newaxis])[0]
        q, p = phase_space.split(state)
        products = self._momenta(p)[2]
        mixed = self.position_features.features(q)[..., tf.newaxis] * products[..., tf.newaxis, :]
        return tf.concat([POLYNOMIAL_SCALE * products[..., :-1], _flat(mixed)], -1)

    def feature_gradients(self, state: State) -> tf.Tensor:
        """Returns the features' derivatives `[..., 2n, M]` at states `[..., 2n]`."""
        state = self._prepared(state)
        if state.shape.rank == 1:
            return self.feature_gradients(state[tf.newaxis])[0]
        q, p = phase_space.split(state)
        left, right, products = self._momenta(p)
        slopes = self._as(self._left) * right[..., tf.newaxis, :] + self._as(self._right) * left[..., tf.newaxis, :]
        slopes /= self._momentum_scale[:, tf.newaxis]
        none = tf.zeros_like(p)[..., tf.newaxis]
        features, gradients = self.position_features.features(q), self.position_features.feature_gradients(q)
        by_q = gradients[..., tf.newaxis] * products[..., tf.newaxis, tf.newaxis, :]
        by_p = features[..., tf.newaxis, :, tf.newaxis] * tf.concat([slopes, none], -1)[..., tf.newaxis, :]
        by_q = tf.concat([tf.zeros_like(slopes), _flat(by_q)], -1)
        return tf.concat([by_q, tf.concat([POLYNOMIAL_SCALE * slopes, _flat(by_p)], -1)], -2)

    def inverse_mass_matrix(self, position: tf.Tensor) -> tf.Tensor:
        """Returns A(q) `[..., n, n]`, which is M(q)^-1, at positions `[..., n]`."""
        position = tf.cast(position, self.compute_dtype)
        if not self.built:
            self.build([None, 2 * position.shape[-1]])
        if position.shape.rank == 1:
            return self.inverse_mass_matrix(position[tf.newaxis])[0]
        n = self._momentum_scale.shape[0]
        flat = tf.matmul(self._at(position)[..., :-1], self._as(self._places))
        matrix = tf.reshape(flat, tf.concat([tf.shape(position)[:-1], [n, n]], 0))
        return matrix / (self._momentum_scale * self._momentum_scale[:, tf.newaxis])

    def _momenta(self, momentum: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns both factors of each product r_i r_j `[B, n (n + 1) / 2]`, and the products with a 1 after them."""
        r = momentum / self._momentum_scale
        left, right = tf.matmul(r, self._as(self._left)), tf.matmul(r, self._as(self._right))
        return left, right, tf.concat([left * right, tf.ones_like(r[..., :1])], -1)

    def _at(self, position: tf.Tensor) -> tf.Tensor:
        """Returns the coefficient of each product r_i r_j, and V, as the last axis, at positions `[B, n]`."""
        constant, table = self._table()
        return constant + tf.matmul(self.position_features.features(position), table)

    def _table(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the part of `_at` that does not depend on q, and the coefficients of phi `[m, n (n + 1) / 2 + 1]`."""
        num_products = self._left.shape[1]
        constant = POLYNOMIAL_SCALE * self.coefficients[:num_products]
        table = tf.reshape(self.coefficients[num_products:], [-1, num_products + 1])
        return tf.pad(constant, [[0, 1]]), table

    def _as(self, array: np.ndarray) -> tf.Tensor:
        return tf.constant(array, self.compute_dtype)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[...]` of the energy for states `[..., 2n]`."""
        return tuple(input_shape[:-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        own = self.position_features.get_config()
        return super().get_config() | {
            "num_features": own["num_features"],
            "activation": own["activation"],
            "periodic": self.periodic,
        }


def _flat(products: tf.Tensor) -> tf.Tensor:
    """Returns `[..., m k]` for products `[..., m, k]`."""
    size = products.shape[-2] * products.shape[-1]
    return tf.reshape(products, tf.concat([tf.shape(products)[:-2], [size]], 0))
