"""Of a disk that fills, whoever writes names the file; what was there stays whole, and no part of a new one does."""

import contextlib
import errno
import resource
import sys

import numpy as np
import pytest
import tensorflow as tf
from absl import flags
from PIL import Image

import hnn_tf
from hnn_tf import figures
from hnn_tf.commands import command_line
from hnn_tf.data.dataset_cache import cached_arrays
from hnn_tf.evaluation import report
from hnn_tf.export import conversion
from hnn_tf.export.graph_model import write_graph_model
from hnn_tf.export.saved_model import export_model
from hnn_tf.figures.gif import write_gif
from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.files.full_disk import raise_if_full
from hnn_tf.training.checkpoint import Checkpoint
from hnn_tf.training.scalar_log import ScalarLog
from trainers import run_folder

ROOM = 200
"""Bytes that a file may have: more than the folder's lock takes."""

ARRAYS = {"step": np.asarray(3), "weights": np.zeros(1000)}


@contextlib.contextmanager
def _full_disk():
    """Within it, larger files fail with "File too large", as others on a full disk: for that we'd need to be root."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _model():
    model = hnn_tf.BaselineNetwork(hidden_units=[8])
    model.build([None, 2])
    return model


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory):
    return export_model(_model(), tmp_path_factory.mktemp("served"))


def _write_model(path):
    with atomic_file(path) as temporary:
        _model().save(temporary)


def _write_energy(path):
    figures.draw_energy(path, times=np.arange(3.0), energies={"truth": np.ones(3)}, energy_unit="J")


FILES = {
    "hnn.npz": lambda path: Checkpoint(path).update(ARRAYS, last=True),
    "model.keras": _write_model,
    "metrics.json": lambda path: report.write_metrics(path, {"metrics": {str(i): 0.0 for i in range(100)}}),
    "energy.png": _write_energy,
    "rollout.gif": lambda path: write_gif(path, [Image.effect_noise([99, 99], 9).convert("RGB")], 10),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_named_and_stays_as_it_was(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="File too large") as caught, _full_disk():
        FILES[name](path)
    assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, str(path))
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [(name, b"old")]


def _claim(folder):
    with run_folder.claim(folder, f"--data_path={300 * 'a'}\n", resume=True):
        pass


def _write_logs(folder):
    log = ScalarLog(folder / "logs")
    for step in range(100):
        log.write("loss", step, 0.5)


# What is written, and which of it is named.
FOLDERS = {
    "flags.txt": (_claim, "flags.txt"),
    "logs": (_write_logs, "logs"),
    "simulated data": (lambda folder: cached_arrays(folder, {}, lambda: ARRAYS), None),
    "export": (lambda folder: export_model(_model(), folder), ""),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_so_is_what_is_written_to_a_folder(tmp_path, monkeypatch, name):
    monkeypatch.setattr(tf.summary, "scalar", tf.summary.write)  # the same, without the package tensorboard
    write, named = FOLDERS[name]
    with pytest.raises(OSError, match="File too large") as caught, _full_disk():
        write(tmp_path)
    assert caught.value.errno == errno.EFBIG
    assert str(caught.value.filename).startswith(str(tmp_path))
    assert named is None or caught.value.filename == str(tmp_path / named)
    assert [path.name for path in tmp_path.iterdir()] == ["logs"] * (name == "logs")


def test_so_is_a_conversion(saved_model, tmp_path):
    signature = conversion.load(saved_model).signatures["serving_default"]
    paths = {
        tmp_path / "model": lambda path: conversion.write_checked(path, bytes(300), signature, _answer(signature)),
        tmp_path / "web": lambda path: write_graph_model(saved_model, path),
    }
    for path, write in paths.items():
        with pytest.raises(OSError, match="File too large") as caught, _full_disk():
            write(path)
        assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, str(path))
        assert list(tmp_path.iterdir()) == []


def _answer(signature):
    return lambda request: {
        k: v.numpy() for k, v in signature(**{k: tf.constant(v) for k, v in request.items()}).items()
    }


def test_other_errors_are_left_alone(tmp_path):
    raise_if_full(PermissionError(errno.EACCES, "Permission denied"), tmp_path)
    raise_if_full(tf.errors.NotFoundError(None, None, "no such file"), tmp_path)


def _line_of(error, capsys):
    def main():
        raise error

    with pytest.raises(SystemExit) as caught:
        command_line.run(main, usage="", argv=["test"])
    return caught.value.code, capsys.readouterr().err


def test_a_command_says_file_and_mend(capsys):
    error = OSError(errno.ENOSPC, "No space left on device", "runs/a/metrics.json")
    assert _line_of(error, capsys) == (
        1,
        "error: runs/a/metrics.json: No space left on device; files that were written before are unchanged; "
        "free some space, or write to another place\n",
    )


def test_a_run_says_that_it_can_be_resumed(capsys, monkeypatch):
    values = flags.FlagValues()
    flags.DEFINE_bool("resume", False, "", flag_values=values)
    monkeypatch.setattr(flags, "FLAGS", values)
    code, line = _line_of(OSError(errno.EDQUOT, "Disk quota exceeded", "hnn.npz"), capsys)
    assert code == 1
    assert line.endswith("; free some space, and continue with --resume\n")


def test_another_failure_has_its_file_and_no_number(capsys):
    error = PermissionError(errno.EACCES, "Permission denied", "runs/a/metrics.json")
    assert _line_of(error, capsys) == (1, "error: runs/a/metrics.json: Permission denied\n")


def test_output_that_can_not_be_written_is_said(capsys, monkeypatch):
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as caught:
            command_line.run(lambda: sys.stdout.write("a table"), usage="", argv=["test"])
    assert caught.value.code == 1
    assert capsys.readouterr().err.startswith("error: standard output: No space left on device; ")
