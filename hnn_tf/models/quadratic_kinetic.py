"""The kinetic energy of masses."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.models.vector_layer import VectorLayer


@keras.saving.register_keras_serializable(package="hnn_tf")
class QuadraticKinetic(VectorLayer):
    """The kinetic energy of masses, which are known or learned.

    T(p) = sum_i p_i^2 / (2 m_i).

    Args:
      masses: The known masses m_i > 0, one number for all momenta or n numbers. By default, the masses are learned, and
        start at 1.
      shared: Whether all momenta have one common learned mass.

    Attributes:
      even_in_momenta: True, because T(-p) = T(p).

    Input: momentum `[..., n]`. Output: energy `[...]`.

    Raises:
      InputError: If a mass is not a finite number > 0, there is not one mass for each momentum, or known masses are
        shared.
    """

    even_in_momenta = True

    def __init__(self, masses: float | Sequence[float] | None = None, *, shared: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = None if masses is None else np.atleast_1d(np.asarray(masses, np.float64))
        if known is not None and not (known.ndim == 1 and np.isfinite(known).all() and (known > 0).all()):
            raise InputError(f"masses: expected finite numbers > 0; received {masses!r}")
        if known is not None and shared:
            raise InputError("shared: expected learned masses; received known masses; leave shared out")
        self._known, self.shared = known, shared
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the masses for momenta `[..., n]`."""
        n = self._known_width(input_shape)
        if self._known is not None and len(self._known) not in (1, n):
            raise InputError(f"masses: expected 1 or {n} numbers for momenta of width {n}; received {len(self._known)}")
        if self._known is None:
            # Logarithms keep the masses positive, and make steps relative to their size.
            self._log_masses = self.add_weight(name="log_masses", shape=(1 if self.shared else n,), initializer="zeros")
        self._width = n
        self.input_spec = keras.layers.InputSpec(min_ndim=1, axes={-1: n})

    @property
    def known_masses(self) -> np.ndarray | None:
        """The known masses, `[n]` or `[1]`; None if the masses are learned."""
        return self._known

    @property
    def masses(self) -> tf.Tensor:
        """The masses `[n]`, in momentum / velocity."""
        values = tf.exp(self._log_masses) if self._known is None else tf.constant(self._known, self.compute_dtype)
        return tf.broadcast_to(values, [self._width])

    def call(self, momentum: tf.Tensor) -> tf.Tensor:
        """Returns the kinetic energy `[...]` of momenta `[..., n]`."""
        momentum = self._prepared(momentum)
        return 0.5 * tf.reduce_sum(momentum * momentum / self.masses, -1)

    def gradient(self, momentum: tf.Tensor) -> tf.Tensor:
        """Returns the velocity dT/dp = p / m `[..., n]` at momenta `[..., n]`."""
        return self._prepared(momentum) / self.masses

    def physical_parameters(self) -> dict[str, float]:
        """Returns the learned masses by name: `mass` if there is one, otherwise `mass_1`, `mass_2`, ..."""
        if self._known is not None or not self.built:
            return {}
        values = np.exp(np.asarray(self._log_masses))
        return {"mass" if len(values) == 1 else f"mass_{i + 1}": float(value) for i, value in enumerate(values)}

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[...]` of the energy for momenta `[..., n]`."""
        return tuple(input_shape[:-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        masses = None if self._known is None else self._known.tolist()
        return super().get_config() | {"masses": masses, "shared": self.shared}
