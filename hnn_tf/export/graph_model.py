"""The graph models of TensorFlow.js: model.json, which contains the graph, and the bytes of its constants."""

import json
import os
import pathlib
from typing import Any

import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.protobuf import meta_graph_pb2

# TensorFlow's guides use this function, but it has no public name.
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from hnn_tf.export import conversion
from hnn_tf.export.graph_model_operations import OPERATIONS
from hnn_tf.files.full_disk import raise_if_full
from hnn_tf.files.temporary_folder import temporary_folder
from hnn_tf.input_error import InputError

_WEIGHTS = "weights.bin"


def write_graph_model(
    saved_model: str | os.PathLike, output_dir: str | os.PathLike, *, signature: str = "serving_default"
) -> pathlib.Path:
    """Writes a signature of a SavedModel as the graph model `<output_dir>/model.json` of TensorFlow.js.

    `tf.loadGraphModel` loads the graph model. There, inputs and outputs have the signature's names: `await
    model.predictAsync({state, times})` is an object `{energy, trajectory}` of tensors. The weights are stored once. The
    folder is written under another name and then renamed.

    The graph is frozen in the same way as by TensorFlow's own converter (the Python package tensorflowjs, 4.22). This
    package does not use that converter, for two reasons. The converter imports TensorFlow Decision Forests, whose last
    release needs TensorFlow 2.19. The converter also fuses tanh into the preceding matrix product, which the CPU
    backend of TensorFlow.js refuses to compute.

    Args:
      saved_model: A version that `hnn_tf.export.saved_model.export_model` wrote, or the served folder, of which the
        latest version is taken.
      output_dir: The folder to write, which must not exist yet.
      signature: The signature to write.

    Returns:
      The written folder.

    Raises:
      InputError: If the SavedModel cannot be loaded or has no such signature, if TensorFlow.js lacks one of its
        operations or its precision, or if the folder exists or cannot be written.
      OSError: If the disk is full.
    """
    output_dir = pathlib.Path(output_dir)
    if os.path.lexists(output_dir):
        raise InputError(f"{output_dir}: exists, and is never overwritten; choose another folder, or remove this one")
    model, weights = _graph_model(conversion.checked_folder(saved_model, signature), signature)
    try:
        output_dir.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(output_dir.parent, f"tmp-{output_dir.name}-") as temporary:
            (temporary / _WEIGHTS).write_bytes(weights)
            (temporary / "model.json").write_text(json.dumps(model), encoding="utf-8")
            os.rename(temporary, output_dir)
    except OSError as error:
        raise_if_full(error, output_dir)
        raise InputError(
            f"{output_dir}: expected a folder that can be written; received: {error.strerror}; choose another"
        ) from error
    return output_dir


def _graph_model(folder: pathlib.Path, signature: str) -> tuple[dict[str, Any], bytes]:
    loaded = conversion.load(folder)  # owns the variables, so it is kept until they are frozen
    function = loaded.signatures[signature]
    # Loops are lowered to Enter, Switch and Exit, because TensorFlow.js 4.22 disposes the states of functional loops
    # too early.
    frozen = convert_variables_to_constants_v2(function, lower_control_flow=True)
    graph = frozen.graph.as_graph_def()
    for node in graph.node:
        if node.op == "EnsureShape":  # TensorFlow.js 4.22 expects the shape as an input, and fails
            node.op = "Identity"
            del node.attr["shape"]
    _check(graph, f"{folder}, signature {signature!r}")
    weights, data = _cut_out_constants(graph)
    # The flat tensors of a function are in the order of their names.
    inputs = zip(sorted(function.structured_input_signature[1]), frozen.inputs, strict=True)
    outputs = zip(sorted(function.structured_outputs), frozen.outputs, strict=True)
    return {
        "format": "graph-model",
        "generatedBy": tf.__version__,
        "convertedBy": "hnn_tf",
        "signature": {
            "inputs": {name: _tensor_info(tensor) for name, tensor in inputs},
            "outputs": {name: _tensor_info(tensor) for name, tensor in outputs},
        },
        # The names in the answer of predictAsync, in the order of the signature's outputs.
        "userDefinedMetadata": {"structuredOutputKeys": sorted(function.structured_outputs)},
        "modelTopology": json_format.MessageToDict(graph),
        "weightsManifest": [{"paths": [_WEIGHTS], "weights": weights}],
    }, data


def _check(graph: tf.compat.v1.GraphDef, name: str) -> None:
    unknown = sorted({node.op for node in graph.node} - OPERATIONS)
    if unknown:
        raise InputError(
            f"{name}: TensorFlow.js has no {', '.join(unknown)}; write the model without, or serve the SavedModel"
        )
    types = {attribute.type for node in graph.node for attribute in node.attr.values()} - {0}  # 0: no type
    wide = {tf.as_dtype(number).name for number in types} & {"float64", "int64", "float16", "bfloat16"}
    if wide:
        raise InputError(
            f"{name}: TensorFlow.js has float32 and int32, but no {', '.join(sorted(wide))}; export a float32 model"
        )


def _cut_out_constants(graph: tf.compat.v1.GraphDef) -> tuple[list[dict[str, Any]], bytes]:
    """Removes the values of the graph's constants, in place, and returns their list in the manifest and their bytes."""
    weights, data = [], []
    for node in graph.node:
        if node.op == "Const":
            tensor = node.attr["value"].tensor
            value = tf.make_ndarray(tensor)
            weights.append({"name": node.name, "shape": list(value.shape), "dtype": value.dtype.name})
            data.append(value.astype(value.dtype.newbyteorder("<")).tobytes())
            tensor.CopyFrom(type(tensor)(dtype=tensor.dtype, tensor_shape=tensor.tensor_shape))
    return weights, b"".join(data)


def _tensor_info(tensor: tf.Tensor) -> dict[str, Any]:
    info = meta_graph_pb2.TensorInfo(
        name=tensor.name, dtype=tensor.dtype.as_datatype_enum, tensor_shape=tensor.shape.as_proto()
    )
    return json_format.MessageToDict(info)
