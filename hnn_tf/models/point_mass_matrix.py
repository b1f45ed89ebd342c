"""The mass matrix of point masses in Cartesian coordinates."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.models.cholesky_mass_matrix import CholeskyMassMatrix


@keras.saving.register_keras_serializable(package="hnn_tf")
class PointMassMatrix(CholeskyMassMatrix):
    """The constant, diagonal mass matrix of points, with one mass for all coordinates of a point.

    M = diag(m_1, ..., m_1, m_2, ..., m_2, ...).

    The positions are those of one point after the other, q = (x_1, y_1, x_2, y_2, ...). Positions and velocities
    determine the masses only up to a common factor.

    Args:
      dimension: The number of coordinates of a point, >= 1.
      masses: The known masses > 0, one for each point. By default, the masses are learned, and start at 1.

    Attributes:
      constant: True.

    Input: position `[..., n]`, n = points x dimension. Output: M `[..., n, n]`.

    Raises:
      InputError: If the dimension is below 1, or the masses are not numbers > 0. When the layer is built: if the
        positions are not those of points of this dimension, or there is not one mass for each point.
    """

    constant = True

    def __init__(self, dimension: int, masses: Sequence[float] | None = None, **kwargs: Any) -> None:
        super().__init__(diagonal=True, **kwargs)
        if not isinstance(dimension, int) or dimension < 1:
            raise InputError(f"dimension: expected an integer >= 1; received {dimension}")
        known = None if masses is None else np.asarray(masses, np.float64)
        if known is not None and not (known.ndim == 1 and np.isfinite(known).all() and (known > 0).all()):
            raise InputError(f"masses: expected finite numbers > 0, one for each point; received {masses!r}")
        self.dimension, self._known = dimension, known

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the masses of points with positions `[..., n]`."""
        super().build(input_shape)
        count = self._dof // self.dimension
        if self._dof % self.dimension:
            raise InputError(
                f"dimension: expected positions of a width that is a multiple of {self.dimension}; received width "
                f"{self._dof}"
            )
        if self._known is not None and len(self._known) != count:
            raise InputError(f"masses: expected one for each of the {count} points; received {len(self._known)}")
        if self._known is None:
            # Logarithms keep the masses positive, and make steps relative to their size.
            self._log_masses = self.add_weight(name="log_masses", shape=(count,), initializer="zeros")
        # A product with these columns gives each coordinate the mass of its point.
        self._members = np.repeat(np.eye(count), self.dimension, 1)

    @property
    def known_masses(self) -> np.ndarray | None:
        """The known masses, one for each point; None if they are learned."""
        return self._known

    @property
    def point_of_coordinate(self) -> np.ndarray:
        """The index of the point of each coordinate, `[n]`."""
        return np.arange(self._dof) // self.dimension

    @property
    def masses(self) -> tf.Tensor:
        """The masses, one for each point."""
        return tf.exp(self._logarithms())

    def assign_masses(self, values: np.ndarray) -> None:
        """Replaces the learned masses by values > 0, one for each point."""
        self._log_masses.assign(np.log(values))

    def elements(self, x: tf.Tensor) -> tf.Tensor:
        """Returns the logarithms of the diagonal of L `[B, n]`, which are the same at all positions `[B, n]`."""
        roots = 0.5 * tf.matmul(self._logarithms()[tf.newaxis], self._as(self._members))[0]
        return tf.broadcast_to(roots, tf.shape(x))

    def elements_pulled_back(self, x: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        """Returns 0 `[B, n]`, because the masses do not depend on the position."""
        del upstream
        return tf.zeros_like(x)

    def _logarithms(self) -> tf.Tensor:
        if self._known is None:
            return tf.convert_to_tensor(self._log_masses)
        return self._as(np.log(self._known))

    def physical_parameters(self) -> dict[str, float]:
        """Returns the learned masses relative to the first, as `mass_ratio_2`, ... There is none before the build."""
        if self._known is not None or not self.built:
            return {}
        ratios = np.exp(np.asarray(self._log_masses) - np.asarray(self._log_masses)[0])
        return {f"mass_ratio_{i + 1}": float(ratio) for i, ratio in enumerate(ratios) if i}

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        config = super().get_config()
        del config["diagonal"]
        return config | {"dimension": self.dimension, "masses": None if self._known is None else self._known.tolist()}
