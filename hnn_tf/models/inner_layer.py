"""A model's inner layer in the model's configuration."""

from typing import Any

import keras


def serialize_layer(layer: keras.layers.Layer) -> dict[str, Any]:
    """The layer's configuration, from which Keras loads one layer even where a graph calls it by itself, too.

    As in a functional model of both `model(state)` and `model.hamiltonian(state)`.
    """
    # Keras marks as shared what it sees twice, the first time too late for us: it has copied this configuration into
    # the model's by then, and would load two layers, one of them without weights. So it sees the layer twice here.
    keras.saving.serialize_keras_object(layer)
    return keras.saving.serialize_keras_object(layer)
