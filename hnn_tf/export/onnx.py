"""Conversion of a signature of an exported SavedModel to ONNX, with standard operators only."""

import os
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from hnn_tf.export import conversion
from hnn_tf.input_error import InputError, one_line


def convert(saved_model: str | os.PathLike, path: str | os.PathLike, *, signature: str = "serving_default") -> float:
    """Writes one signature as an ONNX model, with the same inputs and outputs, for any batch size and number of times.

    If an output has the same name as an input, its name gets the signature's name as a prefix, for example
    `rollout_frames` for a rollout of frames.

    Args:
      saved_model: A version that `hnn_tf.export.saved_model.export_model` wrote, or the served folder, of which the
        latest version is taken.
      path: The file to write.
      signature: The name of the signature.

    Returns:
      The largest difference between ONNX Runtime's answer and the SavedModel's answer x, at random inputs, relative to
      max(1, |x|).

    Raises:
      InputError: If an argument is not valid, a package is not installed, or ONNX cannot express the signature.
      OSError: If the disk is full.
    """
    folder = conversion.check_arguments(saved_model, path, signature)
    try:
        import onnx
        import onnxruntime
        import tf2onnx
    except ModuleNotFoundError as error:
        raise InputError(f"ONNX: {error.name} isn't installed; pip install 'hnn_tf[onnx]'") from error

    loaded = conversion.load(folder)
    function = loaded.signatures[signature]
    specs = conversion.input_specs(function)
    # Inputs and outputs share one namespace.
    names = {name: f"{signature}_{name}" if name in specs else name for name in function.structured_outputs}

    def positional(*inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return {names[name]: value for name, value in function(**dict(zip(specs, inputs, strict=True))).items()}

    try:
        traced = tf.function(positional, autograph=False)
        model, _ = tf2onnx.convert.from_function(traced, input_signature=list(specs.values()))
        _name_sizes(model.graph)
        _allow_empty(model.graph)
        # tf2onnx leaves an unknown operator in the graph, and mentions it only in its log.
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:  # the converter raises errors of any class
        raise InputError(f"signature {signature!r}: ONNX can't express the signature: {one_line(error)}") from error
    content = model.SerializeToString()

    def answer(request: Mapping[str, Any]) -> Mapping[str, Any]:
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        return dict(zip(names, session.run(list(names.values()), dict(request)), strict=True))

    return conversion.write_checked(path, content, function, answer)


def _name_sizes(graph: Any) -> None:
    """Names the open sizes: the batch size, and the number of times of a rollout."""
    for tensor in [*graph.input, *graph.output]:
        for name, size in zip(("batch", "times"), tensor.type.tensor_type.shape.dim, strict=False):
            if not size.HasField("dim_value"):
                size.dim_param = name


def _allow_empty(graph: Any) -> None:
    """Allows rollouts of no times or no states.

    By default, a reshape in ONNX takes a size of zero as the old size.
    """
    import onnx

    constants = {tensor.name for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Reshape" and node.input[1] not in constants:
            node.attribute.append(onnx.helper.make_attribute("allowzero", 1))
