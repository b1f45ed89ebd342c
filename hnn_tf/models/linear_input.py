"""Inputs that act on the momenta with constant gains."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.typing import State


@keras.saving.register_keras_serializable(package="hnn_tf")
class LinearInput(keras.layers.Layer):
    """A constant input matrix that acts on the momenta.

    G = [[0], [B]]:  dq/dt = ...,  dp/dt = ... + B u,  with B `[n, m]`.

    B is learned, and starts at 0, or it is known. For example, B = [[1], [0]] is a force on the first of two positions.

    Args:
      num_inputs: m, the number of inputs. It can be left out if B is known.
      gains: The known B `[n, m]`, which is not trained. By default, B is learned.

    Input: state `[..., 2n]`. Output: G `[..., 2n, m]`.

    Raises:
      ValueError: If neither or only an invalid one of `num_inputs` and `gains` is given, or `gains` has another number
        of rows than n or another number of columns than `num_inputs`.

    References:
      Zhong, Dey, Chakraborty. Symplectic ODE-Net. arXiv:1909.12077.
    """

    def __init__(
        self,
        num_inputs: int | None = None,
        *,
        gains: Sequence[Sequence[float]] | np.ndarray | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        known = None if gains is None else np.asarray(gains, np.float64)
        if known is not None and (known.ndim != 2 or not np.isfinite(known).all()):
            raise ValueError(f"gains: expected finite numbers [n, m]; received shape {known.shape}")
        if num_inputs is None and known is not None:
            num_inputs = known.shape[1]
        if num_inputs is None or num_inputs < 1 or (known is not None and known.shape[1] != num_inputs):
            received = "" if known is None else f" and gains of shape {known.shape}"
            raise ValueError(f"num_inputs: expected the number of inputs m >= 1; received {num_inputs}{received}")
        self.num_inputs = int(num_inputs)
        self._known = known
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates B for states `[..., 2n]`."""
        self._dof = phase_space.dof(tf.TensorSpec(input_shape))
        if self._known is not None and len(self._known) != self._dof:
            raise ValueError(
                f"gains: expected {self._dof} rows, one for each momentum; received shape {self._known.shape}"
            )
        start = "zeros" if self._known is None else (lambda shape, dtype: tf.constant(self._known, dtype, shape))
        self._gains = self.add_weight(
            name="gains", shape=(self._dof, self.num_inputs), initializer=start, trainable=self._known is None
        )

    @property
    def gains(self) -> tf.Tensor:
        """B `[n, m]`, in momentum / (input time)."""
        return tf.convert_to_tensor(self._gains)

    @property
    def known_gains(self) -> np.ndarray | None:
        """The known B `[n, m]`, or None if B is learned."""
        return self._known

    def assign_gains(self, values: np.ndarray) -> None:
        """Replaces B by values `[n, m]`."""
        self._gains.assign(values)

    def physical_parameters(self) -> dict[str, float]:
        """Returns the learned B: `input_gain` if it is one number, and otherwise `input_gain_i_j`, counted from 1."""
        if self._known is not None:
            return {}
        values = np.asarray(self.gains, np.float64)
        if values.size == 1:
            return {"input_gain": float(values[0, 0])}
        return {f"input_gain_{i + 1}_{j + 1}": float(value) for (i, j), value in np.ndenumerate(values)}

    def gain_matrix(self, state: State) -> tf.Tensor:
        """Returns B `[..., n, m]`, the part of G that acts on the momenta, at states `[..., 2n]`."""
        gains = tf.convert_to_tensor(self._gains)
        return tf.broadcast_to(gains, tf.concat([tf.shape(state)[:-1], [self._dof, self.num_inputs]], 0))

    def call(self, state: State) -> tf.Tensor:
        """Returns G `[..., 2n, m]` at states `[..., 2n]`."""
        gains = self.gain_matrix(state)
        return tf.concat([tf.zeros_like(gains), gains], -2)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[..., 2n, m]` of G for states `[..., 2n]`."""
        return (*input_shape, self.num_inputs)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        known = None if self._known is None else self._known.tolist()
        return super().get_config() | {"num_inputs": self.num_inputs, "gains": known}
