"""What the commands that convert a SavedModel refuse, whether or not the packages that they need are installed."""

import sys

import command_session
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import InputError
from hnn_tf.export import conversion, litert, onnx

COMMANDS = {"litert": litert.convert, "onnx": onnx.convert}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """SavedModels of two signatures, in float32 and float64; a folder without one; a damaged one; a file."""
    path = tmp_path_factory.mktemp("conversion")
    for name, dtype in [("served/1", "float32"), ("double/1", "float64")]:
        state = tf.TensorSpec([None, 2], dtype, name="state")
        times = tf.TensorSpec([None, None], dtype, name="times")
        energy = tf.function(lambda state: {"energy": tf.reduce_sum(state, 1)}, input_signature=[state])
        rollout = tf.function(lambda state, times: {"t": times + state[:, :1]}, input_signature=[state, times])
        tf.saved_model.save(tf.Module(), str(path / name), signatures={"energy": energy, "rollout": rollout})
    (path / "empty").mkdir()
    (path / "damaged").mkdir()
    (path / "damaged" / "saved_model.pb").write_bytes(b"no graph")
    (path / "taken").write_bytes(b"kept")
    return path


CASES = [
    ("nowhere", "m", {}, "nowhere: no such folder"),
    ("empty", "m", {}, "empty: expected a SavedModel"),
    ("damaged", "m", {}, "damaged/saved_model.pb: expected a SavedModel"),
    ("served", "m", {}, "signature 'serving_default': served/1 has no such signature; take energy, rollout"),
    ("served", "taken", {"signature": "energy"}, "taken: exists"),
    ("served", "no/m", {"signature": "energy"}, "no/m: expected a file in an existing folder"),
]
LITERT_CASES = [
    ("double", "m", {"signature": "energy"}, "double/1: expected a float32 model"),
    (
        "served",
        "m",
        {"signature": "rollout"},
        "signature='rollout': LiteRT needs a fixed batch size for a rollout; give batch_size=1",
    ),
    ("served", "m", {"signature": "energy", "batch_size": 0}, "batch_size: expected an integer >= 1; received 0"),
]


@pytest.mark.parametrize(
    ("name", "saved_model", "path", "options", "message"),
    [(name, *case) for name in COMMANDS for case in CASES] + [("litert", *case) for case in LITERT_CASES],
)
def test_bad_input_is_one_line_and_writes_nothing(folder, monkeypatch, name, saved_model, path, options, message):
    monkeypatch.chdir(folder)
    before = set(folder.rglob("*"))
    with pytest.raises(InputError) as caught:
        COMMANDS[name](saved_model, path, **options)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert set(folder.rglob("*")) == before
    assert (folder / "taken").read_bytes() == b"kept"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export.litert", "served"], "error: expected --output="),
        (["export.litert", "served", "m", "--batch_size=0"], "error: flag --batch_size=0"),
        (["export.onnx", "served", "m", "--batch_size=1"], "error: Unknown command line flag 'batch_size'"),
    ],
)
def test_a_bad_flag_is_one_line(tmp_path, arguments, message):
    process = command_session.start(arguments, tmp_path)
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert error.startswith(message)
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "package"), [("litert", "ai_edge_litert"), ("onnx", "tf2onnx"), ("onnx", "onnx"), ("onnx", "onnxruntime")]
)
def test_a_missing_package_is_named_with_the_extra_that_brings_it(folder, monkeypatch, name, package):
    for other in ("onnx", "onnxruntime", "tf2onnx"):
        monkeypatch.setitem(sys.modules, other, sys)  # as if it were there
    # An import of it fails, and of its parts, which an earlier test may have imported.
    for module in [package, "ai_edge_litert.interpreter", *(m for m in sys.modules if m.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=rf"{package}\S* isn't installed; pip install 'hnn_tf\[{name}\]'"):
        COMMANDS[name](folder / "served", folder / "m", signature="energy")
    assert not (folder / "m").exists()


def _write(folder, path, change):
    loaded = tf.saved_model.load(str(folder / "served" / "1"))
    answer = lambda request: {"energy": change(np.sum(request["state"], 1))}  # noqa: E731
    return conversion.write_checked(path, b"converted", loaded.signatures["energy"], answer)


def test_a_model_that_answers_alike_is_written_and_the_difference_measured(folder, tmp_path):
    assert _write(folder, tmp_path / "m", lambda energy: energy + np.float32(1e-4)) == pytest.approx(1e-4, rel=0.01)
    assert (tmp_path / "m").read_bytes() == b"converted"


@pytest.mark.parametrize("change", [lambda energy: energy + 1e-2, lambda energy: energy * np.nan])
def test_a_model_that_answers_otherwise_is_not_written(folder, tmp_path, change):
    with pytest.raises(InputError, match="m: not written, because the converted model's energy differs"):
        _write(folder, tmp_path / "m", change)
    assert not list(tmp_path.iterdir())
