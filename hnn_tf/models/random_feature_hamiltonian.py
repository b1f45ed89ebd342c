"""A Hamiltonian that is linear in its learned coefficients."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.input_error import InputError
from hnn_tf.models.feature_inputs import STRUCTURES, FeatureInputs
from hnn_tf.models.nested_lists import TakesNestedLists
from hnn_tf.models.sampled_weights import SPAN, sampled_weights
from hnn_tf.numerics import activation_choice
from hnn_tf.typing import ActivationLike, State

POLYNOMIAL_SCALE = 10.0
"""The factor of u and of its products relative to the units.

A penalty on the coefficients therefore shrinks u and its products 100 times less. If the data are too noisy for more,
the fit is a harmonic oscillator.
"""

_MONOMIAL_SCALE = 1e2
"""The scale, in a prior, of the coefficients of u and of its products, relative to the coefficients of the units."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class RandomFeatureHamiltonian(TakesNestedLists):
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

    has_closed_form = True

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
        super().__init__(**kwargs)
        self._activation = activation_choice.get_smooth(activation)
        if structure not in STRUCTURES:
            raise InputError(f"structure: expected one of {', '.join(STRUCTURES)}; received {structure!r}")
        if num_features < 1 or dimension < 1:
            raise InputError(f"expected num_features and dimension >= 1; received {num_features} and {dimension}")
        if structure == "pairwise" and tuple(periodic):
            raise InputError(
                "periodic: expected none with structure='pairwise', because distances of bodies have no period; "
                f"received {tuple(periodic)}"
            )
        self.num_features, self.activation = num_features, activation_choice.known(activation)
        self.structure, self.periodic, self.dimension = structure, tuple(periodic), dimension
        self.separable = structure != "full"
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for states `[..., 2n]`. The initial H is |u|^2 / 2 plus small random bumps."""
        width = 2 * phase_space.dof(tf.TensorSpec(input_shape))
        self._inputs = FeatureInputs(width, structure=self.structure, periodic=self.periodic, dimension=self.dimension)
        d = self._inputs.width
        # The columns of two selection matrices give the products u_j u_k of inputs that may meet.
        pairs = [(j, k) for group in self._inputs.groups for j in group for k in group if j <= k]
        self._left, self._right = (np.eye(d)[:, list(side)] for side in zip(*pairs, strict=True))
        self._left *= POLYNOMIAL_SCALE

        def fixed(name: str, shape: tuple[int, ...], initializer: Any) -> keras.Variable:
            return self.add_weight(name=name, shape=shape, initializer=initializer, trainable=False)

        self._mean, self._std = fixed("mean", (d,), "zeros"), fixed("std", (d,), "ones")
        direction = keras.initializers.RandomNormal(stddev=SPAN / d**0.5)
        mask = self._mask()
        self._kernel = fixed("kernel", (d, self.num_features), lambda shape, dtype: direction(shape, dtype) * mask)
        self._bias = fixed("bias", (self.num_features,), keras.initializers.RandomUniform(-SPAN, SPAN))
        oscillator = np.array([0.0] * d + [0.5 / POLYNOMIAL_SCALE * (j == k) for j, k in pairs])
        start = np.concatenate([np.full(self.num_features, np.nan), oscillator])
        bumps = keras.initializers.RandomNormal(stddev=0.1)
        self._coefficients = self.add_weight(
            name="coefficients",
            shape=start.shape,
            initializer=lambda shape, dtype: tf.where(np.isnan(start), bumps(shape, dtype), tf.constant(start, dtype)),
        )
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: input_shape[-1]})

    def _mask(self) -> np.ndarray:
        """Returns the mask `[d, num_features]` of the inputs that each unit reads, which are those of one group."""
        groups, d = self._inputs.groups, self._inputs.width
        mask = np.zeros([d, self.num_features], self.compute_dtype)
        for units, group in zip(self._units(), groups, strict=True):
            mask[np.ix_(group, units)] = 1.0
        return mask

    def _units(self) -> list[np.ndarray]:
        """Returns the indices of the units of each group.

        If there are several groups, half of the units belong to the first group, which is that of p.
        """
        units, others = np.arange(self.num_features), len(self._inputs.groups) - 1
        if not others:
            return [units]
        half = self.num_features // 2
        return [units[:half], *np.array_split(units[half:], others)]

    def adapt(self, states: np.ndarray, *, seed: int = 0, slope: float | None = None) -> None:
        """Determines the mean and spread of the inputs, and the units, from states `[N, 2n]`.

        The coefficients do not change. The units are those of `sampled_weights`.

        Raises:
          InputError: If there are fewer than two states, or a number is not finite.
        """
        states = np.asarray(states, np.float64)
        if states.ndim != 2 or len(states) < 2 or not np.isfinite(states).all():
            raise InputError(f"adapt: expected finite states [N, 2n], N >= 2; received an array {states.shape}")
        if not self.built:
            self.build(states.shape)
        inputs = self._inputs.value(tf.constant(self._checked(states))).numpy()
        mean, std = inputs.mean(0), inputs.std(0)
        std[std <= 1e-9 * np.abs(inputs).max(0)] = 1.0  # a constant input has no scale
        rng, inputs = np.random.default_rng(seed), (inputs - mean) / std
        kernel, bias = np.zeros(self._kernel.shape), np.zeros(self._bias.shape)
        for units, group in zip(self._units(), self._inputs.groups, strict=True):
            kernel[np.ix_(group, units)], bias[units] = sampled_weights(rng, inputs[:, group], len(units), slope)
        for variable, value in zip(
            (self._mean, self._std, self._kernel, self._bias), (mean, std, kernel, bias), strict=True
        ):
            variable.assign(value)

    @property
    def coefficients(self) -> tf.Tensor:
        """The coefficients w `[m]`."""
        return tf.convert_to_tensor(self._coefficients)

    @property
    def coefficient_scales(self) -> np.ndarray:
        """The relative prior scales `[m]` of the coefficients; the coefficients of u and u u are practically free."""
        num_monomials = self._coefficients.shape[0] - self.num_features
        return np.concatenate([np.ones(self.num_features), np.full(num_monomials, _MONOMIAL_SCALE)])

    def assign_coefficients(self, values: np.ndarray) -> None:
        """Replaces the coefficients by values `[m]`."""
        self._coefficients.assign(values)

    def call(self, state: State) -> tf.Tensor:
        """Returns the energy `[...]` of states `[..., 2n]`."""
        return tf.reduce_sum(self.features(state) * self.coefficients, -1)

    def features(self, state: State) -> tf.Tensor:
        """Returns the features phi `[..., m]` of states `[..., 2n]`."""
        state = self._checked(state)
        if state.shape.rank == 1:  # a matrix product needs two axes
            return self.features(state[tf.newaxis])[0]
        u, left, right = self._standardised(state)
        return tf.concat(
            [self._activation.value(tf.matmul(u, self._kernel) + self._bias), POLYNOMIAL_SCALE * u, left * right], -1
        )

    def feature_gradients(self, state: State) -> tf.Tensor:
        """Returns dphi/ds `[..., 2n, m]` at states `[..., 2n]`."""
        state = self._checked(state)
        if state.shape.rank == 1:
            return self.feature_gradients(state[tf.newaxis])[0]
        (u, left, right), jacobian = self._standardised(state), self._jacobian(state)
        products = tf.matmul(jacobian, self._as(self._left)) * right[..., tf.newaxis, :]
        products += tf.matmul(jacobian, self._as(self._right)) * left[..., tf.newaxis, :]
        units = tf.matmul(jacobian, self._kernel) * self._slope(u)[..., tf.newaxis, :]
        return tf.concat([units, POLYNOMIAL_SCALE * jacobian, products], -1)

    def gradient(self, state: State) -> tf.Tensor:
        """Returns dH/ds `[..., 2n]` at states `[..., 2n]`, in plain operations, without fused gradient kernels."""
        state = self._checked(state)
        if state.shape.rank == 1:
            return self.gradient(state[tf.newaxis])[0]
        u, left, right = self._standardised(state)
        of_units, linear, of_products = tf.split(self.coefficients, [self.num_features, u.shape[-1], -1])
        upstream = POLYNOMIAL_SCALE * linear + tf.matmul(self._slope(u) * of_units, self._kernel, transpose_b=True)
        upstream += tf.matmul(of_products * right, self._as(self._left), transpose_b=True)
        upstream += tf.matmul(of_products * left, self._as(self._right), transpose_b=True)
        return tf.reduce_sum(self._jacobian(state) * upstream[..., tf.newaxis, :], -1)

    def _standardised(self, state: State) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns the inputs u `[..., d]`, and both factors of each product."""
        u = (self._inputs.value(state) - self._mean) / self._std
        return u, tf.matmul(u, self._as(self._left)), tf.matmul(u, self._as(self._right))

    def _jacobian(self, state: State) -> tf.Tensor:
        return self._inputs.jacobian(state) / self._std

    def _slope(self, u: tf.Tensor) -> tf.Tensor:
        argument = tf.matmul(u, self._kernel) + self._bias
        return self._activation.derivative(argument, self._activation.value(argument))

    def _as(self, array: np.ndarray) -> tf.Tensor:
        return tf.constant(array, self.compute_dtype)

    def _checked(self, state: State) -> tf.Tensor:
        state = tf.cast(state, self.compute_dtype)  # Keras casts only floating-point numbers
        if not self.built:
            self.build(state.shape)
        width = self.input_spec.axes[-1]
        if not state.shape[-1:].is_compatible_with([width]):
            raise ValueError(
                f"{self.name}: expected inputs of width {width}, for which it was built; received {state.shape}"
            )
        return state

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[...]` of the energy for states `[..., 2n]`."""
        return tuple(input_shape[:-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {
            "num_features": self.num_features,
            "activation": activation_choice.serialized(self.activation),
            "structure": self.structure,
            "periodic": self.periodic,
            "dimension": self.dimension,
        }
