"""Models, names and arguments that no server could take are refused in one line, and leave nothing."""

import hashlib
import json
import os

import keras
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf import InputError
from hnn_tf.export import saved_model, versions


def _hnn(hamiltonian=None, *, dtype="float32", name="hnn"):
    hamiltonian = hamiltonian or hnn_tf.MLPHamiltonian(hidden_units=[8], dtype=dtype)
    model = hnn_tf.HamiltonianNetwork(hamiltonian, name=name)
    model.build([None, 2])
    return model


class Scalar(keras.layers.Layer):
    def call(self, state):
        return tf.reduce_sum(state**2)


class Columns(keras.layers.Layer):
    def call(self, state):
        return state[..., :2] ** 2


class Lazy(keras.Model):
    """It says that it is built before it has weights."""

    def __init__(self):
        super().__init__()
        self.inner = keras.layers.Dense(2)

    def build(self, _):
        pass

    def call(self, state):
        return self.inner(state)


def _friction():
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]), hnn_tf.models.LinearFriction())
    model.build([None, 2])
    return model


def _driven():
    hamiltonian = hnn_tf.MLPHamiltonian(hidden_units=[8])
    model = hnn_tf.HamiltonianNetwork(hamiltonian, control=hnn_tf.LinearInput(1), name="driven")
    model.build([None, 2])
    return model


def _driven_baseline():
    model = hnn_tf.BaselineNetwork(hidden_units=[8], num_inputs=1)
    model.build([None, 2])
    return model


def _driven_frames():
    parts = [hnn_tf.models.ResidualMLP(width, hidden_units=8) for width in (2, 60)]
    model = hnn_tf.LatentHamiltonianNetwork(*parts, _driven(), frame_shape=(6, 5, 2), name="pixels")
    model.build([None, 6, 5, 2])
    return model


def _lazy():
    model = Lazy()
    model.build([None, 2])
    return model


@pytest.mark.parametrize(
    ("build", "options", "match"),
    [
        (lambda: _hnn(Scalar()), {}, r"expected a Hamiltonian \[..., 2n\] -> \[...\]; received \(\)"),
        (lambda: _hnn(Columns()), {}, r"expected a Hamiltonian .* received \(None, 2\)"),
        (_lazy, {}, "expected a model with all weights"),
        (lambda: _hnn(dtype="mixed_float16"), {}, "expected a model of float32 or float64; received float16"),
        (
            lambda: _hnn(name="my pendulum"),
            {},
            "'my pendulum': expected ASCII letters",
        ),
        (_friction, {"integrator": "gauss6"}, "integrator 'gauss6': expected Hamiltonian motion, .* use 'rk4'"),
        (_driven, {"integrator": "gauss6"}, "integrator 'gauss6': expected Hamiltonian motion, .* use 'rk4'"),
        (_driven_baseline, {"integrator": "tao2"}, "integrator 'tao2': takes no inputs; use 'rk4'"),
        (_driven_frames, {}, "pixels: expected dynamics without inputs; received dynamics with 1 inputs"),
        (_driven, {"input_interpolation": "cubic"}, "input_interpolation: expected one of zero_order_hold, linear;"),
        (_hnn, {"input_interpolation": "linear"}, "input_interpolation: hnn takes no inputs; leave"),
        (_driven, {"run": {"inputs": ["u"]}}, "metrics.json: expected the document of a run"),
        (_driven, {"run": {"inputs": {"names": ["u"]}}}, "metrics.json: expected the document of a run"),
        (_hnn, {"version": 1.5}, "version: expected an integer >= 1, below 2[*][*]63; received 1.5"),
        (_hnn, {"version": True}, "version: expected an integer"),
        (_hnn, {"version": 2**63}, "version: expected an integer"),
        (_hnn, {"substeps": 10**8}, "substeps: expected an integer >= 1, at most 1000000"),
        (_hnn, {"max_step_size": 1e-50}, "max_step_size: expected a finite number > 0"),
        (_hnn, {"max_step_size": 1e-9}, "rollout: expected finite answers for an ordinary request"),
        (_hnn, {"run": {"task": 1}}, "metrics.json: expected the document of a run"),
        (_hnn, {"run": {"metrics": {"energy_mse": None}}}, "metrics.json: expected the document of a run"),
        (_hnn, {"name": "\udcff"}, "name: expected printable text"),
    ],
)
def test_is_one_line_and_nothing_is_left(tmp_path, build, options, match):
    with pytest.raises(InputError, match=match) as caught:
        saved_model.export_model(build(), tmp_path / "a" / "served", **options)
    assert "\n" not in str(caught.value)
    assert not os.listdir(tmp_path)


def test_a_version_is_not_a_served_folder(tmp_path):
    version = saved_model.export_model(_hnn(), tmp_path)
    with pytest.raises(InputError, match="expected a served folder; received a version; give the folder above"):
        saved_model.export_model(_hnn(), version)


@pytest.mark.parametrize("content", ['{"metrics": {"energy_mse": NaN}}', "[" * 100_000, "{"])
def test_a_run_that_cannot_be_read_is_refused(tmp_path, content):
    (tmp_path / "metrics.json").write_text(content)
    with pytest.raises(InputError, match="metrics.json: expected the document of a run in JSON"):
        saved_model.run_document(tmp_path / "model.keras")


def test_a_run_is_that_of_its_model_only(tmp_path):
    """Another model's file beside it, or in its place, has not been trained so."""
    for name in ("model.keras", "other.keras"):
        (tmp_path / name).write_bytes(name.encode())
    run = {"model_sha256": hashlib.sha256(b"model.keras").hexdigest(), "task": "pendulum"}
    (tmp_path / "metrics.json").write_text(json.dumps(run))
    assert saved_model.run_document(tmp_path / "model.keras") == run
    assert saved_model.run_document(tmp_path / "other.keras") is None


def test_any_keras_model_from_state_to_derivative_is_exported(tmp_path):
    """Without signatures of its own; a functional one knows its input otherwise than a subclass."""
    inputs = keras.Input([2])
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs), name="linear")
    path = saved_model.export_model(model, tmp_path)
    assert "time_derivative: state [?, 2] float32 -> time_derivative [?, 2] float32" in saved_model.describe(path)


@pytest.mark.parametrize(("names", "latest"), [(["01"], "01"), (["9", "010"], "010"), (["١", "2", str(2**63)], "2")])
def test_versions_are_what_a_server_takes_for_them(tmp_path, names, latest):
    for name in names:
        (tmp_path / name).mkdir()
    assert versions.latest(tmp_path).name == latest
