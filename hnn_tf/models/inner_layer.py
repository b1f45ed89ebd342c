"""The configurations of a model's inner layers."""

from collections.abc import Sequence
from typing import Any

import keras


def serialize_layer(layer: keras.layers.Layer) -> dict[str, Any]:
    """Returns the layer's configuration, from which Keras loads a single layer even if a graph also calls the layer.

    An example of such a graph is a functional model of both `model(state)` and `model.hamiltonian(state)`.
    """
    # Keras marks an object as shared when it serializes the object for the second time. In such a graph, the second
    # time is too late, because the model's configuration already contains the layer's configuration without the mark.
    # Keras would then load two layers, one of them without weights. Therefore, the layer is serialized twice here.
    keras.saving.serialize_keras_object(layer)
    return keras.saving.serialize_keras_object(layer)


def deserialized_layers(
    config: dict[str, Any], names: Sequence[str], custom_objects: dict[str, Any] | None
) -> dict[str, Any]:
    """Returns a configuration in which the layers with the given names are layers again.

    A name may be missing or None, because a model may have no such layer.
    """
    layers = {
        name: keras.saving.deserialize_keras_object(config[name], custom_objects=custom_objects)
        for name in names
        if config.get(name) is not None
    }
    return config | layers
