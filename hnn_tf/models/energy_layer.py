"""The base class of layers that compute an energy."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hnn_tf.models.inner_layer import deserialized_layers, serialize_layer
from hnn_tf.models.nested_lists import TakesNestedLists
from hnn_tf.models.single_output_hamiltonian import built_with_scalar_energy


class EnergyLayer(TakesNestedLists):
    """The base class of layers from vectors `[..., d]` to energies `[...]` that are made of other layers.

    Attributes:
      parts: The names of the constructor's arguments that are layers. The layer keeps each under the same name.
    """

    parts: tuple[str, ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        layers = {name: kwargs.pop(name) for name in self.parts}
        for name, layer in layers.items():
            if not isinstance(layer, keras.layers.Layer):
                raise TypeError(f"{name}: expected a Keras layer; received {layer!r}")
        first, *others = layers
        kwargs.setdefault("dtype", layers[first].dtype_policy)
        super().__init__(**kwargs)
        for name in others:
            if layers[name].compute_dtype != layers[first].compute_dtype:
                raise ValueError(
                    f"{name}: expected the precision of {first}, {layers[first].compute_dtype}; received "
                    f"{layers[name].compute_dtype}; give both the same dtype=..."
                )
        self.supports_masking = True
        for name, layer in layers.items():
            setattr(self, name, layer)
            if not self.trainable:
                layer.trainable = False

    def _build_energy(self, name: str, width: int) -> None:
        """Builds the part of the given name as an energy of vectors of the given width."""
        layer = getattr(self, name)
        built = built_with_scalar_energy(layer, [None, width])
        if built is not layer:
            self._tracker.untrack(layer)  # the layer now belongs to the new layer, and not directly to this layer
            setattr(self, name, built)

    def _prepared(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns the vector in the layer's precision, and builds the layer if it is not built yet."""
        vector = tf.cast(vector, self.compute_dtype)
        if not self.built:
            self.build(vector.shape)
        width = self.input_spec.axes[-1]
        if not vector.shape[-1:].is_compatible_with([width]):
            raise ValueError(
                f"{self.name}: expected inputs of width {width}, for which it was built; received {vector.shape}"
            )
        return vector

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
