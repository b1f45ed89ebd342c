"""Where an export is written, what it refuses, and that it is there whole or not at all."""

import concurrent.futures
import errno
import os
import signal
import subprocess
import sys
import threading

import keras
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf import InputError
from hnn_tf.export import saved_model, versions

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def _build(**options):
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8], **options), name="hnn")
    model.build([None, 2])
    return model


@pytest.fixture
def fast_save(monkeypatch):
    """The tests of names and folders need no graph."""

    def save(module, path, signatures, options):
        del module, signatures, options
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, "saved_model.pb"), "w") as file:
            file.write("graph")

    monkeypatch.setattr(tf.saved_model, "save", save)


def _refused(match, function, *args, **options):
    with pytest.raises(InputError, match=match) as caught:
        function(*args, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_writes_version_1_and_nothing_beside(tmp_path):
    path = saved_model.export_model(_build(), tmp_path / "a" / "served")
    assert path == tmp_path / "a" / "served" / "1"
    assert os.listdir(path.parent) == ["1"]
    assert {"saved_model.pb", "variables", "assets.extra"} <= set(os.listdir(path))


@pytest.mark.usefixtures("fast_save")
@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (["1", "2"], "3"),
        pytest.param(["9", "10"], "11", marks=pytest.mark.slow),
        pytest.param(["007"], "8", marks=pytest.mark.slow),
        (["tmp-0123", ".hidden", "2.5", "-3", "old_4", "4"], "5"),
        pytest.param(["tmp-99"], "1", marks=pytest.mark.slow),
    ],
)
def test_takes_the_next_free_version(tmp_path, present, expected):
    for name in present:
        (tmp_path / name).mkdir()
    assert saved_model.export_model(_build(), tmp_path).name == expected
    assert sorted(os.listdir(tmp_path)) == sorted([*present, expected])


@pytest.mark.usefixtures("fast_save")
def test_takes_the_version_that_is_asked_for(tmp_path):
    assert saved_model.export_model(_build(), tmp_path, version=20260101).name == "20260101"
    assert saved_model.export_model(_build(), tmp_path).name == "20260102"


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_never_overwrites_a_version(tmp_path, kind):
    existing = tmp_path / "3"
    if kind == "folder":
        existing.mkdir()
    elif kind == "file":
        existing.write_text("mine")
    else:
        existing.symlink_to(tmp_path / "nowhere")
    before = os.lstat(existing)
    _refused("3: exists", saved_model.export_model, _build(), tmp_path, version=3)
    assert os.lstat(existing) == before
    assert os.listdir(tmp_path) == ["3"]


@pytest.mark.usefixtures("fast_save")
def test_a_version_that_another_export_takes_meanwhile_is_not_overwritten(tmp_path, monkeypatch):
    save = tf.saved_model.save

    def slow_save(*args, **options):
        save(*args, **options)
        (tmp_path / "3").mkdir()

    monkeypatch.setattr(tf.saved_model, "save", slow_save)
    _refused("3: exists", saved_model.export_model, _build(), tmp_path, version=3)
    assert os.listdir(tmp_path) == ["3"]
    assert not os.listdir(tmp_path / "3")


@pytest.mark.slow
def test_two_exports_at_once_get_different_versions(tmp_path, monkeypatch):
    next_version, both = versions._next_version, threading.Barrier(2, timeout=60)
    raced = threading.local()

    def racing(folder):
        version = next_version(folder)
        if not hasattr(raced, "done"):  # both have the same number before either takes it
            raced.done = True
            both.wait()
        return version

    monkeypatch.setattr(versions, "_next_version", racing)
    models = [_build(), _build()]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda model: saved_model.export_model(model, tmp_path), models))
    assert sorted(path.name for path in paths) == ["1", "2"]
    assert sorted(os.listdir(tmp_path)) == ["1", "2"]
    for model, path in zip(models, paths, strict=True):
        state = tf.ones([1, 2])
        answer = tf.saved_model.load(str(path)).signatures["energy"](state=state)["energy"]
        assert abs(answer - model.hamiltonian(state)) < 1e-6  # float32 round-off


KILLED = """
import os, signal, sys
import hnn_tf
from hnn_tf.export import saved_model, warmup
def kill(*args, **options):
    os.kill(os.getpid(), signal.SIGKILL)
moment = sys.argv[2]
if moment == "warmup":
    warmup.write = kill
else:
    os.rename = kill
model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]))
model.build([None, 2])
saved_model.export_model(model, sys.argv[1])
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["warmup", "rename"])
def test_a_kill_leaves_no_half_version(tmp_path, moment):
    """At the last moments before a version is there; the rename itself is one system call."""
    root = os.path.dirname(os.path.dirname(hnn_tf.__file__))
    environment = os.environ | {"PYTHONPATH": root}
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path, moment], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    left = os.listdir(tmp_path)
    assert left
    assert not [name for name in left if name.isdecimal()]
    # What is left is in nobody's way, and the next export removes it.
    assert saved_model.export_model(_build(), tmp_path).name == "1"
    assert os.listdir(tmp_path) == ["1"]


FAILURES = [
    OSError(errno.ENOSPC, "No space left on device"),
    PermissionError(errno.EACCES, "Permission denied"),
    tf.errors.ResourceExhaustedError(None, None, "served;\nNo space left on device"),
]


@pytest.mark.usefixtures("fast_save")
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("stage", ["save", "warmup"])
def test_a_failure_leaves_nothing(tmp_path, monkeypatch, failure, stage):
    (tmp_path / "1").mkdir()
    save = tf.saved_model.save

    def fail(*args, **options):
        if stage == "save":
            save(*args, **options)
        raise failure

    monkeypatch.setattr(*((tf.saved_model, "save") if stage == "save" else (saved_model.warmup, "write")), fail)
    kind = InputError if isinstance(failure, PermissionError) else OSError  # a full disk is nobody's bad input
    with pytest.raises(kind, match="No space left on device|Permission denied") as raised:
        saved_model.export_model(_build(), tmp_path)
    assert str(tmp_path) in str(raised.value)
    assert os.listdir(tmp_path) == ["1"]


def test_a_file_in_the_folder_s_place_is_left_alone(tmp_path):
    (tmp_path / "served").write_text("mine")
    _refused("served: expected a folder", saved_model.export_model, _build(), tmp_path / "served")
    _refused("deeper: expected a folder", saved_model.export_model, _build(), tmp_path / "served" / "deeper")
    assert (tmp_path / "served").read_text() == "mine"


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"version": 0}, "version: expected an integer >= 1, .*; received 0"),
        ({"max_step_size": 0.0}, "max_step_size: expected a finite number > 0; received 0"),
        ({"max_step_size": float("nan")}, "max_step_size: expected a finite number > 0; received nan"),
        ({"max_step_size": float("inf")}, "max_step_size: expected a finite number > 0; received inf"),
        ({"substeps": 0}, "substeps: expected an integer >= 1, .*; received 0"),
        ({"substeps": 1.5}, "substeps: expected an integer >= 1, .*; received 1.5"),
        ({"substeps": 1, "max_step_size": 0.1}, "expected one of the two; received both"),
        ({"max_steps": 0}, "max_steps: expected an integer >= 1, at most 10000000; received 0"),
        ({"max_steps": 10_000_001}, "max_steps: expected an integer >= 1, at most 10000000; received 10000001"),
        ({"max_steps": 4, "substeps": 5}, "max_steps: expected an integer >= substeps, at most 10000000; received 4"),
        ({"integrator": "euler"}, "integrator: expected one of"),
        ({"integrator": "leapfrog"}, "needs a separable Hamiltonian"),
    ],
)
def test_unusable_arguments_write_nothing(tmp_path, options, match):
    _refused(match, saved_model.export_model, _build(), tmp_path / "served", **options)
    assert not os.listdir(tmp_path)


def _unbuilt():
    return hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]))


def _stock(*layers, width=2):
    return keras.Sequential([keras.Input([width]), *layers])


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (_unbuilt, "expected a model built for states"),
        (lambda: _stock(keras.layers.Dense(3), width=3), "even width 2n"),
        (lambda: _stock(keras.layers.Dense(1)), "expected a time derivative of the state's shape"),
    ],
    ids=["unbuilt", "odd", "other output"],
)
def test_models_that_give_no_time_derivative_are_refused(tmp_path, build, match):
    _refused(match, saved_model.export_model, build(), tmp_path / "served")
    assert not os.listdir(tmp_path)
