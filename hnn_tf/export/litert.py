"""Conversion of a signature of an exported SavedModel to LiteRT (.tflite), with builtin ops only."""

import os
import pathlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from typing import Any

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from hnn_tf.export import conversion
from hnn_tf.files.full_disk import raise_if_full
from hnn_tf.input_error import InputError, OptionError, one_line


def convert(
    saved_model: str | os.PathLike,
    path: str | os.PathLike,
    *,
    signature: str = "serving_default",
    batch_size: int | None = None,
) -> float:
    """Writes one signature as a LiteRT model, with the signature's name, inputs and outputs.

    Args:
      saved_model: A version that `hnn_tf.export.saved_model.export_model` wrote, or the served folder, of which the
        latest version is taken. The model must have float32 precision.
      path: The file to write.
      signature: The name of the signature.
      batch_size: The batch size of every request, >= 1. By default, any batch size is possible. A rollout needs a batch
        size, but its number of times stays open.

    Returns:
      The largest difference between LiteRT's answer and the SavedModel's answer x, at random inputs, relative to max(1,
      |x|).

    Raises:
      InputError: If an argument is not valid, ai-edge-litert is not installed, or LiteRT cannot express the signature.
      OSError: If the disk of `path` or of the temporary files is full.
    """
    if batch_size is not None and batch_size < 1:
        raise InputError(f"batch_size: expected an integer >= 1; received {batch_size}")
    folder = conversion.check_arguments(saved_model, path, signature)
    loaded = conversion.load(folder)
    function = loaded.signatures[signature]
    specs = conversion.input_specs(function, batch_size)
    if any(spec.dtype != tf.float32 for spec in specs.values()):
        raise InputError(f"{folder}: expected a float32 model, because LiteRT has no float64; export a float32 model")
    if batch_size is None and "times" in specs:
        raise OptionError(
            "{signature}: LiteRT needs a fixed batch size for a rollout; give {batch_size}, for example",
            signature=signature,
            batch_size=1,
        )
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ModuleNotFoundError as error:
        raise InputError(f"LiteRT: {error.name} isn't installed; pip install 'hnn_tf[litert]'") from error

    with tempfile.TemporaryDirectory() as temporary:
        named = f"{temporary}/named"
        try:
            fixed = folder if batch_size is None else _with_fixed_lists(folder, f"{temporary}/fixed", batch_size)
            _save(conversion.load(fixed), signature, specs, named)
        except (OSError, tf.errors.OpError) as error:
            raise_if_full(error, temporary)
            raise
        converter = tf.lite.TFLiteConverter.from_saved_model(named, signature_keys=[signature])
        try:
            content = converter.convert()
        except Exception as error:  # the converter's own class is not public
            ops = sorted(set(re.findall(r"'tf\.(\w+)' op", str(error))))
            raise InputError(
                f"signature {signature!r}: LiteRT's builtin operations can't express the signature: "
                + (", ".join(ops) or one_line(error))
            ) from error

    def answer(request: Mapping[str, Any]) -> Mapping[str, Any]:
        return Interpreter(model_content=content).get_signature_runner(signature)(**request)

    return conversion.write_checked(path, content, function, answer, batch_size)


def _with_fixed_lists(folder: pathlib.Path, copy: str, batch_size: int) -> pathlib.Path:
    """Copies a SavedModel with the batch size in the shapes of its loops' lists, which LiteRT cannot infer."""
    graph = pathlib.Path(shutil.copytree(folder, copy)) / "saved_model.pb"
    saved_model = saved_model_pb2.SavedModel.FromString(graph.read_bytes())
    shape_inputs = {"TensorListReserve": 0, "TensorListStack": 1}
    for function in saved_model.meta_graphs[0].graph_def.library.function:
        constants = {node.name: node for node in function.node_def if node.op == "Const"}
        lists = [node for node in function.node_def if node.op in shape_inputs]
        # A shape that is not a constant stays, and the converter will refuse it.
        for name in constants.keys() & {node.input[shape_inputs[node.op]].split(":")[0] for node in lists}:
            # An element of a list contains the whole batch: its states or its step sizes.
            value = constants[name].attr["value"].tensor
            shape = tf.make_ndarray(value).copy()
            shape[0] = batch_size
            value.CopyFrom(tf.make_tensor_proto(shape))
    graph.write_bytes(saved_model.SerializeToString())
    return graph.parent


def _save(loaded: Any, signature: str, specs: Mapping[str, Any], path: str) -> None:
    """Saves only the given signature, for inputs of the given specs."""
    function = loaded.signatures[signature]
    module = tf.Module()
    module.loaded = loaded  # this reference keeps the variables alive
    traced = tf.function(lambda **inputs: function(**inputs), autograph=False).get_concrete_function(**specs)
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    tf.saved_model.save(module, path, signatures={signature: traced}, options=options)
