"""A run's model.keras depends on the model alone: not on the clock, nor on where its parts lie in memory."""

import time
import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf.models.model_file import save_model

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def _model(name):
    keras.utils.clear_session()  # numbers the layers' names from 1 again, as a new process does
    keras.utils.set_random_seed(0)
    model = hnn_tf.models.MODELS[name](hidden_units=[8, 8], activation="tanh", dtype="float32")
    model.build([None, 2])
    return model


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param("hnn_friction", marks=pytest.mark.slow), "random_features"])
def test_equal_models_give_equal_bytes_and_are_read_back(tmp_path, monkeypatch, name):
    kept = _model(name)  # so that the next one lies elsewhere
    save_model(kept, tmp_path / "first.keras")
    now = time.time()
    # An hour later, by the clock that dates the members of zip files.
    monkeypatch.setattr(time, "time", lambda: now + 3600)
    save_model(_model(name), tmp_path / "second.keras")
    assert (tmp_path / "first.keras").read_bytes() == (tmp_path / "second.keras").read_bytes()
    again = keras.saving.load_model(tmp_path / "second.keras", safe_mode=True)
    state = tf.constant([[0.3, -0.2]])
    np.testing.assert_array_equal(again(state), kept(state))


def test_every_time_is_the_same(tmp_path):
    save_model(_model("hnn"), tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b'"date_saved": "1980-01-01@00:00:00"' in archive.read("metadata.json")


def test_another_weight_is_another_file(tmp_path):
    model = _model("hnn")
    save_model(model, tmp_path / "first.keras")
    model.weights[0].assign_add(tf.fill(model.weights[0].shape, 2.0**-20))
    save_model(model, tmp_path / "second.keras")
    assert (tmp_path / "first.keras").read_bytes() != (tmp_path / "second.keras").read_bytes()


def test_a_failure_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "model.keras").write_bytes(b"before")
    model = _model("hnn")
    monkeypatch.setattr(zipfile.ZipFile, "writestr", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        save_model(model, tmp_path / "model.keras")
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]
    assert (tmp_path / "model.keras").read_bytes() == b"before"
