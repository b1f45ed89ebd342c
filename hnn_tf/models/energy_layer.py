"""The base class of layers that compute an energy."""

import contextlib
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.declarations import declared
from hnn_tf.models.inner_layer import deserialized_layers, serialize_layer
from hnn_tf.models.single_output_hamiltonian import built_with_scalar_energy
from hnn_tf.models.vector_layer import VectorLayer
from hnn_tf.motion_parameters import at_parameters, check_parameters
from hnn_tf.typing import Hamiltonian


class EnergyLayer(VectorLayer):
    """The base class of layers from vectors `[..., d]` to energies `[...]` that are made of other layers.

    Attributes:
      parts: The names of the constructor's arguments that are layers. The layer keeps each under the same name.
    """

    parts: tuple[str, ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        layers = {name: kwargs.pop(name) for name in self.parts}
        for name, layer in layers.items():
            if not isinstance(layer, keras.layers.Layer):
                raise TypeError(
                    f"{name}: expected a Keras layer from vectors [..., d] to energies [...], as MLPEnergy(); received "
                    f"{layer!r}"
                )
        kwargs.setdefault("dtype", next(iter(layers.values())).dtype_policy)
        super().__init__(**kwargs)
        for name, layer in layers.items():
            if layer.compute_dtype != self.compute_dtype:
                raise ValueError(
                    f"{name}: expected the precision {self.compute_dtype} of the whole layer; received "
                    f"{layer.compute_dtype}; give all parts the same dtype=..."
                )
        self.supports_masking = True
        for name, layer in layers.items():
            setattr(self, name, layer)
            if not self.trainable:
                layer.trainable = False

    def _most_parameters(self) -> int:
        """Returns the number of parameters of the parts that have some; 0 if none has."""
        return max(declared(getattr(self, name), "num_parameters") or 0 for name in self.parts)

    def part_at(self, name: str, parameters: tf.Tensor | None) -> Hamiltonian:
        """Returns the part of the given name at parameters `[..., k]`, or the part itself if it has none."""
        return at_parameters(getattr(self, name), self.parameters_of(name, parameters))

    def parameters_of(self, name: str, parameters: tf.Tensor | None) -> tf.Tensor | None:
        """Returns the parameters `[..., k]` of the layer, or None if the part of the given name takes none.

        Raises:
          InputError: If the parameters do not fit the layer.
        """
        check_parameters(self, parameters)
        return parameters if declared(getattr(self, name), "num_parameters") else None

    def _build_energy(self, name: str, width: int) -> None:
        """Builds the part of the given name as an energy of vectors of the given width."""
        layer = getattr(self, name)
        built = built_with_scalar_energy(layer, [None, width])
        with contextlib.suppress(NotImplementedError):  # the layer does not declare the shape of its output
            shape = tuple(built.compute_output_shape((None, width)))
            if shape != (None,):
                raise ValueError(f"{name}: expected an energy [...] or [..., 1] of vectors [..., {width}]; the output "
                                 f"has the shape {shape}")  # fmt: skip
        if built is not layer:
            self._tracker.untrack(layer)  # the layer now belongs to the new layer, and not directly to this layer
            setattr(self, name, built)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Returns the shape `[...]` of the energy for vectors `[..., d]`."""
        return tuple(input_shape[:-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, with the serialized layers."""
        return super().get_config() | {name: serialize_layer(getattr(self, name)) for name in self.parts}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "EnergyLayer":
        """Returns the layer for a configuration from `get_config`."""
        return cls(**deserialized_layers(config, cls.parts, custom_objects))
