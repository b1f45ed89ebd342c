"""Converts a signature of an exported SavedModel to ONNX, of standard operators only."""

import os
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from hnn_tf.export import conversion
from hnn_tf.input_error import InputError, one_line


def convert(saved_model: str | os.PathLike, path: str | os.PathLike, *, signature: str = "serving_default") -> float:
    """Writes one signature as an ONNX model, with its inputs and outputs, of any batch size and number of times.

    An output with the name of an input has the signature's before it: of a rollout of frames, `rollout_frames`.

    Args:
      saved_model: A version that `hnn_tf.export.saved_model.export_model` wrote, or the served folder,
        of which the latest is taken.
      path: The file to write.
      signature: Name of the signature.

    Returns:
      The largest difference between an answer x of the SavedModel and ONNX Runtime's, at random inputs, relative to
      max(1, |x|).

    Raises:
      InputError: If an argument can't be used, a package isn't installed, or ONNX can't express the signature.
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
    # Inputs and outputs share one space of names.
    names = {name: f"{signature}_{name}" if name in specs else name for name in function.structured_outputs}

    def positional(*inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return {names[name]: value for name, value in function(**dict(zip(specs, inputs, strict=True))).items()}

    try:
        traced = tf.function(positional, autograph=False)
        model, _ = tf2onnx.convert.from_function(traced, input_signature=list(specs.values()))
        _name_sizes(model.graph)
        _allow_empty(model.graph)
        # tf2onnx leaves an operator that it doesn't know in the graph, and says nothing about it but in its log.
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:  # of whatever class
        raise InputError(f"signature {signature!r}: ONNX can't express it: {one_line(error)}") from error
    content = model.SerializeToString()

    def answer(request: Mapping[str, Any]) -> Mapping[str, Any]:
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        return dict(zip(names, session.run(list(names.values()), dict(request)), strict=True))

    return conversion.write_checked(path, content, function, answer)


def _name_sizes(graph: Any) -> None:
    """Names the sizes that are open: of the batch, and of a rollout's times."""
    for tensor in [*graph.input, *graph.output]:
        for name, size in zip(("batch", "times"), tensor.type.tensor_type.shape.dim, strict=False):
            if not size.HasField("dim_value"):
                size.dim_param = name


def _allow_empty(graph: Any) -> None:
    """Lets no times, or no states, stay that: to a reshape of ONNX a size of zero means otherwise the old one."""
    import onnx

    constants = {tensor.name for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Reshape" and node.input[1] not in constants:
            node.attribute.append(onnx.helper.make_attribute("allowzero", 1))
