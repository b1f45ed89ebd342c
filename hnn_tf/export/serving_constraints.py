"""The conditions under which TensorFlow Serving, with its default settings, accepts a SavedModel."""

import os
import pathlib
from typing import Any

import tensorflow as tf
from google.protobuf import message
from tensorflow.core.protobuf import saved_model_pb2

from hnn_tf.export import plain_file, versions, warmup
from hnn_tf.input_error import InputError

METHOD_NAME = "tensorflow/serving/predict"
_INITIALIZER = "__saved_model_init_op"
_COMPILED = ("_XlaMustCompile", "_XlaCompile", "jit_compile")
_PYTHON_OPS = ("PyFunc", "PyFuncStateless", "EagerPyFunc")
_MOST_WARMUP_RECORDS = 1000
_MOST_GRAPH_BYTES = 256 * 2**20


def parsed(folder: pathlib.Path) -> Any:
    """Returns the meta graph of a SavedModel with the tag `serve`, which is the graph that is served.

    Raises:
      InputError: If there is no such graph, or it cannot be read.
    """
    path = folder / "saved_model.pb"
    try:
        graphs = saved_model_pb2.SavedModel.FromString(plain_file.read(path, _MOST_GRAPH_BYTES)).meta_graphs
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; give the folder of a version, as served/pendulum/1") from error
    except message.DecodeError as error:
        raise InputError(f"{path}: expected a SavedModel; the file can't be read; copy the file again") from error
    for graph in graphs:
        if "serve" in graph.meta_info_def.tags:
            return graph
    raise InputError(f"{path}: expected a graph with the tag serve; received none; export the model anew")


def signature_defs(meta_graph: Any) -> dict[str, Any]:
    """Returns the signatures by name, without the initialization that every SavedModel has."""
    return {name: meta_graph.signature_def[name] for name in sorted(meta_graph.signature_def) if name != _INITIALIZER}


def violations(folder: pathlib.Path) -> list[str]:
    """Returns one line for each property that a server would refuse or that would cause errors.

    Without such properties, the list is empty.

    A version's folder must be an integer. `serving_default` must exist. Each signature must be a predict call whose
    inputs and outputs have a leading batch of any size, because batching fails otherwise. Nothing may be compiled by
    XLA, written in Python or kept for training. There must be at most 1000 warmup requests, for existing signatures.

    Raises:
      InputError: If there is no readable SavedModel.
    """
    graph = parsed(folder)
    signatures = signature_defs(graph)
    found = []
    name = os.path.basename(os.path.abspath(folder))  # the name of a link itself, which is the name that a server sees
    if not versions.is_version(name):
        found.append(f"{name}: expected an integer as the version's folder")
    if "serving_default" not in signatures:
        found.append("serving_default: no such signature")
    for name, signature in signatures.items():
        if signature.method_name != METHOD_NAME:
            found.append(f"{name}: expected the method {METHOD_NAME}; received {signature.method_name!r}")
        for key, info in [*signature.inputs.items(), *signature.outputs.items()]:
            sizes = [dim.size for dim in info.tensor_shape.dim]
            if sizes[:1] != [-1]:
                found.append(f"{name}, {key}: expected a leading batch of any size; received the shape {sizes}")
    ops = {node.op for node in _nodes(graph.graph_def)}
    found += [f"{op}: runs Python, but a server has no Python" for op in _PYTHON_OPS if op in ops]
    found += [f"{key}: asks for XLA, which a server refuses by default" for key in sorted(_compiled(graph.graph_def))]
    slots = [name for name, _ in tf.train.list_variables(str(folder / "variables" / "variables")) if _is_slot(name)]
    found += [f"{name}: a variable of the optimizer" for name in slots]
    return found + _warmup_violations(folder, set(signatures))


def _nodes(graph_def: Any) -> list[Any]:
    return [*graph_def.node, *(node for function in graph_def.library.function for node in function.node_def)]


def _compiled(graph_def: Any) -> set[str]:
    attributes = [node.attr for node in _nodes(graph_def)] + [function.attr for function in graph_def.library.function]
    return {key for attr in attributes for key in _COMPILED if key in attr and attr[key].b}


def _is_slot(name: str) -> bool:
    return "optimizer" in name.lower()


def _warmup_violations(folder: pathlib.Path, signatures: set[str]) -> list[str]:
    try:
        requests = warmup.read(folder)
    except (OSError, ValueError, tf.errors.OpError):
        return [f"{warmup.PATH}: can't be read"]
    if len(requests) > _MOST_WARMUP_RECORDS:
        return [f"{warmup.PATH}: expected at most {_MOST_WARMUP_RECORDS} requests; received {len(requests)}"]
    unknown = sorted({name for name, _ in requests} - signatures)
    return [f"{warmup.PATH}: asks for the signature {name}, but the model has no such signature" for name in unknown]
