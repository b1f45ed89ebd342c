"""LiteRT's interpreter answers as the SavedModel that was converted."""

import re

import command_session
import exported_models
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import InputError
from hnn_tf.export import litert

pytestmark = pytest.mark.export
interpreter = pytest.importorskip("ai_edge_litert.interpreter")

MODELS = [name for name in exported_models.BUILDERS if name != "float64"]
TOLERANCE = exported_models.ROUND_OFF["float32"]
BATCH_SIZE = 4


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return tmp_path_factory.mktemp("exported")


def _answer(path, signature, request):
    # A new one each time: an interpreter keeps the sizes of its last request.
    return interpreter.Interpreter(model_path=str(path)).get_signature_runner(signature)(**request)


@pytest.mark.parametrize("name", MODELS)
def test_every_signature_answers_as_the_saved_model(exported, tmp_path, name):
    loaded = tf.saved_model.load(str(exported_models.export(name, exported)))
    known = exported_models.FRAME_SIGNATURES if "pixel" in name else exported_models.STATE_SIGNATURES
    assert set(loaded.signatures) == set(known) - ({"energy"} if name in exported_models.WITHOUT_ENERGY else set())
    for signature, function in loaded.signatures.items():
        path, rollout = tmp_path / f"{signature}.tflite", signature == "rollout"
        stated = litert.convert(exported / name, path, signature=signature, batch_size=BATCH_SIZE if rollout else None)
        assert stated <= TOLERANCE
        sizes = [(BATCH_SIZE, 1), (BATCH_SIZE, 2), (BATCH_SIZE, 7)] if rollout else [(1, None), (5, None)]
        for batch_size, num_times in sizes:
            request = exported_models.requests(function, batch_size, num_times)
            found = exported_models.difference(function, request, _answer(path, signature, request))
            assert found <= TOLERANCE, (signature, batch_size, num_times)


@pytest.mark.parametrize("name", exported_models.INTEGRATORS)
def test_every_kind_of_integrator_converts(exported, tmp_path, name):
    loaded = tf.saved_model.load(str(exported_models.export(name, exported)))
    litert.convert(exported / name, tmp_path / "m.tflite", signature="rollout", batch_size=BATCH_SIZE)
    function = loaded.signatures["rollout"]
    request = exported_models.requests(function, BATCH_SIZE)
    request["times"][1, 2] = np.nan  # this row alone
    answers = _answer(tmp_path / "m.tflite", "rollout", request)
    assert np.isnan(answers["trajectory"]).any(axis=(1, 2)).tolist() == [False, True, False, False]
    assert exported_models.difference(function, request, answers) <= TOLERANCE


def test_an_op_that_litert_has_not_is_named_and_nothing_written(tmp_path):
    spec = tf.TensorSpec([None, 2], tf.float32, name="state")
    function = tf.function(lambda state: {"energy": tf.math.bessel_i0e(state[:, 0])}, input_signature=[spec])
    tf.saved_model.save(tf.Module(), str(tmp_path / "bessel"), signatures={"energy": function})
    with pytest.raises(
        InputError, match="signature 'energy': LiteRT's builtin operations can't express the signature: BesselI0e$"
    ):
        litert.convert(tmp_path / "bessel", tmp_path / "m.tflite", signature="energy")
    assert [path.name for path in tmp_path.iterdir()] == ["bessel"]


def test_the_command_prints_a_line_and_says_in_one_what_is_wrong(exported):
    exported_models.export("baseline", exported)
    command = ["export.litert", "baseline", "b.tflite", "--signature=rollout", "--batch_size=2"]
    process = command_session.start(command, exported)
    output, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (0, "")
    assert re.fullmatch(
        r"b\.tflite: the answers of rollout are within \d\.\de-\d\d of the SavedModel's answers .*\n", output
    )
    assert (exported / "b.tflite").is_file()
    again = command_session.start(command, exported)
    refusal = "error: b.tflite: exists, and is never overwritten; choose another name\n"
    assert again.communicate(timeout=120) == ("", refusal)
    assert again.returncode == 2
