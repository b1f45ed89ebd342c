"""Friction that grows with the velocity."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.typing import State

_INITIAL_ROOT = 0.1
"""The initial c, for a weak friction gamma = 0.01. At c = 0, the gradient of gamma by c would be 0."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class LinearFriction(keras.layers.Layer):
    """A constant dissipation matrix that acts on the momenta: linear friction, also called viscous damping.

    R = diag(0, gamma_1, ..., gamma_n), gamma_i = c_i^2 >= 0:  dp_i/dt = -dH/dq_i - gamma_i dH/dp_i.

    dH/dp is the velocity. The c_i are learned. Training can reach c_i = 0, where the friction is exactly 0.

    Args:
      shared: Whether all degrees of freedom have one common coefficient. Otherwise, each has its own coefficient.

    Input `[..., 2n]`, output R `[..., 2n, 2n]`.
    """

    def __init__(self, *, shared: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shared = shared
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the coefficients for states `[..., 2n]`."""
        self._dof = phase_space.dof(tf.TensorSpec(input_shape))
        start = keras.initializers.Constant(_INITIAL_ROOT)
        self._root = self.add_weight(name="root", shape=(1 if self.shared else self._dof,), initializer=start)

    @property
    def coefficient(self) -> tf.Tensor:
        """The coefficients gamma `[n]`, in momentum / (velocity time), which is 1 / time if momenta are velocities."""
        return tf.broadcast_to(tf.square(self._root), [self._dof])

    def assign_coefficient(self, value: float) -> None:
        """Replaces gamma by one value >= 0 for all degrees of freedom."""
        self._root.assign(np.full(self._root.shape, max(value, 0.0) ** 0.5))

    def physical_parameters(self) -> dict[str, float]:
        """Returns the mean of gamma over the degrees of freedom, under the name `friction`."""
        return {"friction": float(np.mean(self.coefficient))}

    def call(self, state: State) -> tf.Tensor:
        """Returns the dissipation matrix R `[..., 2n, 2n]` at states `[..., 2n]`."""
        diagonal = phase_space.join(tf.zeros([self._dof], self.compute_dtype), self.coefficient)
        # The identity is a constant, because TensorFlow.js has no operation that makes a diagonal matrix.
        matrix = diagonal * tf.constant(np.eye(2 * self._dof), self.compute_dtype)
        return tf.broadcast_to(matrix, tf.concat([tf.shape(state), [2 * self._dof]], 0))

    def damping(self, state: State) -> tf.Tensor:
        """Returns D = diag(gamma) `[..., n, n]`, the part of R that acts on the momenta, at states `[..., 2n]`."""
        matrix = self.coefficient * tf.constant(np.eye(self._dof), self.compute_dtype)
        return tf.broadcast_to(matrix, tf.concat([tf.shape(state)[:-1], [self._dof, self._dof]], 0))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[..., 2n, 2n]` of R for states `[..., 2n]`."""
        return (*input_shape, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return super().get_config() | {"shared": self.shared}
