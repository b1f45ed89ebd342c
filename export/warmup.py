"""Warmup requests: TensorFlow Serving replays them when it loads a version, before it serves it."""

import os
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

BATCH_SIZES = (1, 8)
_TIME_STEP = 0.01  # short: the server is to be warm, not busy

# Field numbers of tensorflow_serving's protos, which need no package of their own to be written:
# PredictionLog.predict_log, PredictLog.request, PredictRequest.model_spec and .inputs, ModelSpec.name and
# .signature_name; a map entry is a message of key = 1 and value = 2.
_PREDICT_LOG, _REQUEST, _MODEL_SPEC, _INPUTS, _NAME, _SIGNATURE_NAME, _KEY, _VALUE = 6, 1, 1, 2, 1, 3, 1, 2


def write(saved_model: pathlib.Path, signatures: Mapping[str, Any], *, model_name: str) -> None:
    """Writes `assets.extra/tf_serving_warmup_requests`, a TFRecord of PredictionLog: every signature, two batch sizes.

    Args:
      saved_model: Folder of the SavedModel.
      signatures: Concrete functions by name.
      model_name: Name that the model is served under.

    References:
      tensorflow_serving/apis/prediction_log.proto; "SavedModel Warmup" in TensorFlow Serving's guide.
    """
    folder = saved_model / "assets.extra"
    os.makedirs(folder, exist_ok=True)
    with tf.io.TFRecordWriter(str(folder / "tf_serving_warmup_requests")) as writer:
        for name, function in signatures.items():
            for batch_size in BATCH_SIZES:
                inputs = {
                    key: _example(key, spec, batch_size) for key, spec in function.structured_input_signature[1].items()
                }
                writer.write(_prediction_log(model_name, name, inputs))


def _example(key: str, spec: tf.TensorSpec, batch_size: int) -> np.ndarray:
    dtype = spec.dtype.as_numpy_dtype
    if key == "times":
        return np.tile(np.array([0.0, _TIME_STEP], dtype), [batch_size, 1])
    return np.full([batch_size, *spec.shape[1:]], 0.1, dtype)


def _prediction_log(model_name: str, signature_name: str, inputs: Mapping[str, np.ndarray]) -> bytes:
    spec = _field(_NAME, model_name.encode()) + _field(_SIGNATURE_NAME, signature_name.encode())
    request = _field(_MODEL_SPEC, spec)
    for key, value in inputs.items():
        tensor = tf.make_tensor_proto(value).SerializeToString()
        request += _field(_INPUTS, _field(_KEY, key.encode()) + _field(_VALUE, tensor))
    return _field(_PREDICT_LOG, _field(_REQUEST, request))


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
