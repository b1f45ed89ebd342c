"""ONNX Runtime answers as the SavedModel that was converted, for any batch size and number of times."""

import re

import command_session
import exported_models
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import InputError
from hnn_tf.export import onnx as conversion

pytestmark = pytest.mark.export
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("tf2onnx")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return tmp_path_factory.mktemp("exported")


def _session(path):
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def _answer(session, request):
    names = [output.name for output in session.get_outputs()]
    answers = zip(names, session.run(names, request), strict=True)
    return {name.removeprefix("rollout_"): answer for name, answer in answers}


def _tolerance(name):
    return exported_models.ROUND_OFF["float64" if name == "float64" else "float32"]


@pytest.mark.parametrize("name", exported_models.BUILDERS)
def test_every_signature_answers_as_the_saved_model(exported, tmp_path, name):
    loaded = tf.saved_model.load(str(exported_models.export(name, exported)))
    for signature, function in loaded.signatures.items():
        path = tmp_path / f"{signature}.onnx"
        assert conversion.convert(exported / name, path, signature=signature) <= _tolerance(name)
        session = _session(path)
        sizes = [(1, 7), (5, 1), (5, 2), (3, 0), (0, 4)] if signature == "rollout" else [(1, None), (5, None)]
        for batch_size, num_times in sizes:
            request = exported_models.requests(function, batch_size, num_times)
            found = exported_models.difference(function, request, _answer(session, request))
            assert found <= _tolerance(name), (signature, batch_size, num_times)


@pytest.mark.parametrize("name", exported_models.INTEGRATORS)
def test_every_kind_of_integrator_converts(exported, tmp_path, name):
    loaded = tf.saved_model.load(str(exported_models.export(name, exported)))
    conversion.convert(exported / name, tmp_path / "m.onnx", signature="rollout")
    function = loaded.signatures["rollout"]
    request = exported_models.requests(function, 4)
    request["times"][1, 2] = np.nan  # this row alone
    answers = _answer(_session(tmp_path / "m.onnx"), request)
    assert np.isnan(answers["trajectory"]).any(axis=(1, 2)).tolist() == [False, True, False, False]
    assert exported_models.difference(function, request, answers) <= _tolerance(name)


def test_sizes_have_names_and_operators_are_the_standards(exported, tmp_path):
    conversion.convert(exported_models.export("hnn", exported), tmp_path / "m.onnx", signature="rollout")
    session = _session(tmp_path / "m.onnx")
    assert {tensor.name: tensor.shape for tensor in [*session.get_inputs(), *session.get_outputs()]} == {
        "state": ["batch", 4],
        "times": ["batch", "times"],
        "trajectory": ["batch", "times", 4],
        "energy": ["batch", "times"],
    }
    conversion.convert(exported_models.export("pixel_baseline", exported), tmp_path / "f.onnx", signature="rollout")
    session = _session(tmp_path / "f.onnx")
    assert {tensor.name for tensor in session.get_inputs()} == {"frames", "times"}
    assert {tensor.name: tensor.shape for tensor in session.get_outputs()} == {
        "trajectory": ["batch", "times", 2],
        "rollout_frames": ["batch", "times", *exported_models.FRAME_SHAPE],
    }
    model = onnx.load(tmp_path / "m.onnx")
    assert {node.domain for node in _nodes(model.graph)} == {""}
    assert {node.op_type for node in _nodes(model.graph)} >= {"Loop", "MatMul", "Tanh"}


def _nodes(graph):
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from _nodes(attribute.g)


def test_an_op_that_onnx_has_not_is_named_and_nothing_written(tmp_path):
    spec = tf.TensorSpec([None, 2], tf.float32, name="state")
    function = tf.function(lambda state: {"energy": tf.math.bessel_i0e(state[:, 0])}, input_signature=[spec])
    tf.saved_model.save(tf.Module(), str(tmp_path / "bessel"), signatures={"energy": function})
    with pytest.raises(InputError, match="signature 'energy': ONNX can't express the signature: .*BesselI0e"):
        conversion.convert(tmp_path / "bessel", tmp_path / "m.onnx", signature="energy")
    assert [path.name for path in tmp_path.iterdir()] == ["bessel"]


def test_the_command_prints_a_line_and_says_in_one_what_is_wrong(exported):
    exported_models.export("baseline", exported)
    command = ["export.onnx", "baseline", "b.onnx", "--signature=rollout"]
    process = command_session.start(command, exported)
    output, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (0, "")
    assert re.fullmatch(
        r"b\.onnx: the answers of rollout are within \d\.\de-\d\d of the SavedModel's answers .*\n", output
    )
    assert (exported / "b.onnx").is_file()
    again = command_session.start(command, exported)
    refusal = "error: b.onnx: exists, and is never overwritten; choose another name\n"
    assert again.communicate(timeout=120) == ("", refusal)
    assert again.returncode == 2
