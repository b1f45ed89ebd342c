"""Warmup requests, which TensorFlow Serving replays when it loads a version and before it serves the version."""

import os
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from tensorflow.core.framework import tensor_pb2

from hnn_tf.export import plain_file
from hnn_tf.export.request_shapes import request_shape

BATCH_SIZES = (1, 2, 8)
PATH = pathlib.PurePath("assets.extra", "tf_serving_warmup_requests")
"""The path of the requests in the folder of a version, where servers look for them."""

_MOST_BYTES = 256 * 2**20
_TIME_STEP = 0.01  # short, so that the warmup takes little time


def write(saved_model: pathlib.Path, signatures: Mapping[str, Callable], *, model_name: str) -> None:
    """Writes `assets.extra/tf_serving_warmup_requests`, a TFRecord of PredictionLog.

    The file has a request for every signature in each batch size.

    Args:
      saved_model: The folder of the SavedModel.
      signatures: The concrete functions by name.
      model_name: The name under which the model is served.

    References:
      tensorflow_serving/apis/prediction_log.proto; "SavedModel Warmup" in TensorFlow Serving's guide.
    """
    os.makedirs((saved_model / PATH).parent, exist_ok=True)
    with tf.io.TFRecordWriter(str(saved_model / PATH)) as writer:
        for name, function in signatures.items():
            specs: Mapping[str, tf.TensorSpec] = function.structured_input_signature[1]  # type: ignore[attr-defined]
            for batch_size in BATCH_SIZES:
                log = _PredictionLog()
                request = log.predict_log.request
                request.model_spec.name, request.model_spec.signature_name = model_name, name
                for key, spec in specs.items():
                    tensor = tf.make_tensor_proto(_example(key, spec, batch_size)).SerializeToString()
                    request.inputs.add(key=key, value=tensor)
                writer.write(log.SerializeToString(deterministic=True))


def read(saved_model: pathlib.Path) -> list[tuple[str, dict[str, np.ndarray]]]:
    """Returns the requests of an exported version, each as a signature and its inputs by name.

    Raises:
      tf.errors.OpError, google.protobuf.message.DecodeError: If the file is damaged.
      FileNotFoundError: If there is no such file.
      InputError: If the path is not a plain file, or the file has more than 256 MiB.
    """
    with plain_file.opened(saved_model / PATH, _MOST_BYTES):
        pass
    found = []
    for record in tf.data.TFRecordDataset(str(saved_model / PATH)):
        request = _PredictionLog.FromString(record.numpy()).predict_log.request
        inputs = {
            entry.key: tf.make_ndarray(tensor_pb2.TensorProto.FromString(entry.value)) for entry in request.inputs
        }
        found.append((request.model_spec.signature_name, inputs))
    return found


def _example(key: str, spec: tf.TensorSpec, batch_size: int) -> np.ndarray:
    dtype = spec.dtype.as_numpy_dtype
    times = np.array([0.0, _TIME_STEP], dtype)
    if key == "times":
        return np.tile(times, [batch_size, 1])
    return np.full(request_shape(spec, batch_size=batch_size, num_times=len(times)), 0.1, dtype)


def _prediction_log() -> Any:
    """Returns the message class PredictionLog, with the fields that a request needs.

    No package that is otherwise needed contains this class. On the wire, a map is a repeated message of key and value,
    and a message is the bytes of its content.
    """
    field = descriptor_pb2.FieldDescriptorProto
    text, content, message = field.TYPE_STRING, field.TYPE_BYTES, field.TYPE_MESSAGE
    layout: dict[str, list[tuple[str, int, Any]]] = {
        "ModelSpec": [("name", 1, text), ("signature_name", 3, text)],
        "Input": [("key", 1, text), ("value", 2, content)],
        "PredictRequest": [("model_spec", 1, "ModelSpec"), ("inputs", 2, "Input")],
        "PredictLog": [("request", 1, "PredictRequest")],
        "PredictionLog": [("predict_log", 6, "PredictLog")],
    }
    file = descriptor_pb2.FileDescriptorProto(name="warmup.proto", package="hnn_tf.warmup", syntax="proto3")
    for name, fields in layout.items():
        described = file.message_type.add(name=name)
        for field_name, number, kind in fields:
            label = field.LABEL_REPEATED if field_name == "inputs" else field.LABEL_OPTIONAL
            added = described.field.add(name=field_name, number=number, label=label)
            added.type = message if isinstance(kind, str) else kind
            if isinstance(kind, str):
                added.type_name = f".hnn_tf.warmup.{kind}"
    pool = descriptor_pool.DescriptorPool()  # a separate pool, because the real package may also be loaded
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("hnn_tf.warmup.PredictionLog"))


_PredictionLog = _prediction_log()
