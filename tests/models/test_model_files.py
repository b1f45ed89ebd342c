"""Files that hold no model of ours are refused in one line, and nothing that they bring is run."""

import keras
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf import InputError
from hnn_tf.export import saved_model

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def _build():
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]), name="hnn")
    model.build([None, 2])
    return model


def _unbuilt():
    return hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]))


def _stock(*layers):
    return keras.Sequential([keras.Input([2]), *layers])


def _own_layer(path):
    class Own(keras.layers.Layer):
        def call(self, state):
            return tf.reduce_sum(state**2, -1)

    model = hnn_tf.HamiltonianNetwork(Own())
    model.build([None, 2])
    model.save(path)


def _cut(path):
    _build().save(path)
    path.write_bytes(path.read_bytes()[:5000])


def _overwrite_middle(path):
    _build().save(path)
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[: middle - 500] + b"\xff" * 1000 + content[middle + 500 :])


@pytest.mark.parametrize(
    ("write", "match"),
    [
        (lambda path: None, "no such file"),  # noqa: ARG005
        (lambda path: path.mkdir(), "a folder; give the model.keras of a run"),
        (lambda path: path.write_text("not a model"), "expected a .keras file"),
        (_cut, "expected a .keras file"),
        (_overwrite_middle, "the file can't be loaded"),
        (lambda path: _stock(keras.layers.Dense(2)).save(path), "received a Sequential"),
        (lambda path: _stock(keras.layers.Lambda(lambda x: x)).save(path), "the file brings code, which is never run"),
        (_own_layer, "the file holds a layer of your own; load the model in Python"),
        (lambda path: _unbuilt().save(path), "expected a model built for states"),
    ],
    ids=["missing", "folder", "text", "cut", "damaged", "foreign", "unsafe", "own layer", "unbuilt"],
)
@pytest.mark.filterwarnings("ignore:You are saving a model that has not yet been built")
def test_files_that_hold_no_model_of_ours_are_refused(tmp_path, write, match):
    path = tmp_path / "model.keras"
    write(path)
    with pytest.raises(InputError, match=match) as caught:
        saved_model.load_model(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
