"""Friction that grows with the velocity."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.typing import State

_INITIAL_ROOT = 0.1
"""Of gamma = 0.01: hardly any friction, but not 0, where its square root has no gradient."""


@keras.saving.register_keras_serializable(package="hnn_tf")
class LinearFriction(keras.layers.Layer):
    """A constant dissipation matrix that acts on the momenta: linear friction, also called viscous damping.

    R = diag(0, gamma_1, ..., gamma_n), gamma_i = c_i^2 >= 0:  dp_i/dt = -dH/dq_i - gamma_i dH/dp_i.

    dH/dp is the velocity. What is learned are the c_i: no friction, c = 0, can be reached, and is no friction to the
    bit.

    Args:
      shared: One coefficient for all degrees of freedom, or one each.

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
        """Gamma `[n]`, momentum over velocity and time: 1/time, where momenta are velocities."""
        return tf.broadcast_to(tf.square(self._root), [self._dof])

    def assign_coefficient(self, value: float) -> None:
        """Replaces gamma by one value >= 0 for all degrees of freedom."""
        self._root.assign(np.full(self._root.shape, max(value, 0.0) ** 0.5))

    def physical_parameters(self) -> dict[str, float]:
        """`friction`, gamma; the mean of those of the degrees of freedom, if each has its own."""
        return {"friction": float(np.mean(self.coefficient))}

    def call(self, state: State) -> tf.Tensor:
        """Dissipation matrix R `[..., 2n, 2n]` at states `[..., 2n]`."""
        diagonal = phase_space.join(tf.zeros([self._dof], self.compute_dtype), self.coefficient)
        # A constant: TensorFlow.js has no operation that makes a diagonal matrix.
        matrix = diagonal * tf.constant(np.eye(2 * self._dof), self.compute_dtype)
        return tf.broadcast_to(matrix, tf.concat([tf.shape(state), [2 * self._dof]], 0))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """`[..., 2n]` -> `[..., 2n, 2n]`."""
        return (*input_shape, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return super().get_config() | {"shared": self.shared}
