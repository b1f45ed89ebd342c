"""What a written SavedModel says of its signatures."""

import os
import pathlib

from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2


def read(saved_model: str | os.PathLike) -> dict[str, meta_graph_pb2.SignatureDef]:
    """The SignatureDefs by name, without the initialization that every SavedModel has."""
    parsed = saved_model_pb2.SavedModel.FromString((pathlib.Path(saved_model) / "saved_model.pb").read_bytes())
    return {k: v for k, v in parsed.meta_graphs[0].signature_def.items() if not k.startswith("__")}


def tensor_names(saved_model: str | os.PathLike, signature: str) -> tuple[dict[str, str], dict[str, str]]:
    """Names that the inputs and the outputs of a signature have in the graph, by their own names."""
    definition = read(saved_model)[signature]
    inputs, outputs = ({k: v.name for k, v in infos.items()} for infos in (definition.inputs, definition.outputs))
    return inputs, outputs
