"""What `python -m export.tensorflowjs` writes and refuses; TensorFlow.js itself runs in test_tensorflowjs.py."""

import json
import os

import command_session
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf.export.graph_model import write_graph_model
from hnn_tf.export.saved_model import export_model
from hnn_tf.input_error import InputError


@pytest.fixture(scope="module")
def saved_models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved_models")
    for name, dtype in (("good", "float32"), ("wide", "float64")):
        model = hnn_tf.BaselineNetwork(hidden_units=[8], dtype=dtype)
        model.build([None, 2])
        export_model(model, folder / name)
    module = tf.Module()
    spec = tf.TensorSpec([None, 2], tf.float32, name="state")
    function = tf.function(lambda state: {"beta": tf.math.betainc(state, state, state)}, input_signature=[spec])
    tf.saved_model.save(module, str(folder / "unknown" / "1"), signatures={"serving_default": function})
    return folder


@pytest.mark.slow
def test_the_weights_are_stored_once(saved_models, tmp_path):
    folder = write_graph_model(saved_models / "good" / "1", tmp_path / "rollout", signature="rollout")
    assert sorted(os.listdir(tmp_path)) == ["rollout"]
    assert sorted(os.listdir(folder)) == ["model.json", "weights.bin"]
    model = json.loads((folder / "model.json").read_text())
    assert list(model["signature"]["inputs"]) == ["state", "times"]
    assert list(model["signature"]["outputs"]) == model["userDefinedMetadata"]["structuredOutputKeys"] == ["trajectory"]
    weights = model["weightsManifest"][0]["weights"]
    sizes = [np.dtype(weight["dtype"]).itemsize * int(np.prod(weight["shape"])) for weight in weights]
    assert (folder / "weights.bin").stat().st_size == sum(sizes)
    assert sorted(weight["shape"] for weight in weights if len(weight["shape"]) == 2) == [[2, 8], [8, 2]]
    constants = [node for node in model["modelTopology"]["node"] if node["op"] == "Const"]
    assert sorted(node["name"] for node in constants) == sorted(weight["name"] for weight in weights)
    # Their values aren't in the graph, too.
    assert all(node["attr"]["value"]["tensor"].keys() <= {"dtype", "tensorShape"} for node in constants)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "signature", "message"),
    [
        ("nowhere", "rollout", "nowhere/1: no such folder; give the folder of a version"),
        ("good", "energy", "good/1 has no such signature; take rollout, serving_default, time_derivative"),
        ("wide", "rollout", "float32 and int32, but no float64; export a float32 model"),
        ("unknown", "serving_default", "TensorFlow.js has no Betainc"),
    ],
)
def test_what_tensorflowjs_cannot_run_is_refused_in_one_line(saved_models, tmp_path, name, signature, message):
    with pytest.raises(InputError) as refused:
        write_graph_model(saved_models / name / "1", tmp_path / "out", signature=signature)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert os.listdir(tmp_path) == []


def test_a_folder_is_never_overwritten(saved_models, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="exists, and is never overwritten"):
        write_graph_model(saved_models / "good" / "1", tmp_path)
    with pytest.raises(InputError, match="expected a folder that can be written"):
        write_graph_model(saved_models / "good" / "1", tmp_path / "file" / "out")
    assert os.listdir(tmp_path) == ["file"]


def test_the_command_needs_its_flags(tmp_path):
    process = command_session.start(["export.tensorflowjs", "--saved_model=served/1"], tmp_path)
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert error.startswith("error: expected --output_dir=...")
    assert error.count("\n") == 1
