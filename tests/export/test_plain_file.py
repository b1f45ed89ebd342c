"""Pipes, devices and files without end in the place of a file are refused, and nobody waits for them."""

import os
import signal
import socket

import keras
import pytest

import hnn_tf
from hnn_tf import InputError
from hnn_tf.export import (
    conversion,
    model_card,
    plain_file,
    saved_model,
    self_test,
    serving_constraints,
    versions,
    warmup,
)


@pytest.fixture(autouse=True)
def _no_waiting():
    """Ends a test that waits for a pipe; each takes some milliseconds."""

    def fail(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def _pipe(path):
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def _linked_pipe(path):
    _pipe(path.with_name("pipe"))
    path.symlink_to("pipe")


def _socket(path):
    # Its name may be longer than a socket's may be.
    folder = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(f"/proc/self/fd/{folder}/{path.name}")
    os.close(folder)


ODD_FILES = {
    "pipe": (_pipe, "expected a plain file; received a pipe"),
    "linked pipe": (_linked_pipe, "expected a plain file; received a pipe"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "expected a plain file; received a device"),
    "socket": (_socket, "expected a file that can be read"),
    "folder": (lambda path: path.mkdir(), "expected a file that can be read; received: Is a directory"),
    "large": (
        lambda path: path.write_bytes(b"12345678901"),
        "expected a file of at most .* MiB; received a larger file",
    ),
    "kernel's": (
        lambda path: path.symlink_to("/proc/self/maps"),
        "expected a file of at most .* MiB; received a larger file",
    ),
}


@pytest.mark.parametrize("kind", ODD_FILES)
def test_only_plain_files_are_read(tmp_path, kind):
    make, match = ODD_FILES[kind]
    make(tmp_path / "file")
    with pytest.raises(InputError, match=match) as caught:
        plain_file.read(tmp_path / "file", 10)
    assert str(tmp_path / "file") in str(caught.value)


def test_a_plain_file_and_a_link_to_one_are_read_up_to_the_limit(tmp_path):
    (tmp_path / "file").write_bytes(b"1234567890")
    (tmp_path / "link").symlink_to("file")
    assert plain_file.read(tmp_path / "link", 10) == b"1234567890"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A served folder, and beside it the run that it is of."""
    folder = tmp_path_factory.mktemp("run")
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[4]))
    model.build([None, 2])
    return saved_model.export_model(model, folder / "served").parent


@pytest.fixture
def version(served, tmp_path):
    """A copy of the version, of links, in which one may be replaced."""
    for path in (served / "1").rglob("*"):
        copy = tmp_path / "served" / "1" / path.relative_to(served / "1")
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            copy.symlink_to(path)
    return tmp_path / "served" / "1"


@pytest.mark.parametrize(
    "name",
    [
        "saved_model.pb",
        "fingerprint.pb",
        "assets.extra/model_card.json",
        "assets.extra/tf_serving_warmup_requests",
        "variables/variables.index",
        "variables/variables.data-00000-of-00001",
        "assets/vocabulary.txt",
        "notes.txt",
    ],
)
def test_a_version_with_a_pipe_is_refused(version, name):
    (version / name).parent.mkdir(exist_ok=True)
    _pipe(version / name)
    for path in (version, version.parent):
        with pytest.raises(InputError, match=f"{name}: expected a plain file; received a pipe"):
            versions.latest(path)
    with pytest.raises(InputError, match="received a pipe"):
        conversion.checked_folder(version, "energy")


def test_a_version_of_links_to_files_is_one(version):
    assert versions.latest(version.parent) == version
    card = model_card.read(version)
    assert model_card.changed_files(version, card) == []
    assert serving_constraints.violations(version) == []
    assert max(self_test.differences(version, card).values()) == 0


def test_a_link_that_leads_back_is_refused(version):
    (version / "again").symlink_to(".")
    with pytest.raises(InputError, match="again: can't be read .Too many levels of symbolic links"):
        versions.latest(version)


def test_a_version_of_too_many_files_is_refused(version, monkeypatch):
    monkeypatch.setattr(plain_file, "_MOST_ENTRIES", 5)
    with pytest.raises(InputError, match="expected at most 5 files"):
        versions.latest(version)


def test_each_reader_refuses_a_pipe_itself(version):
    _pipe(version / "saved_model.pb")
    _pipe(version / model_card.PATH)
    _pipe(version / warmup.PATH)
    for read in (serving_constraints.parsed, model_card.read, warmup.read):
        with pytest.raises(InputError, match="received a pipe"):
            read(version)


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own, with NumPy 2
def test_a_pipe_in_a_run_is_refused(tmp_path):
    _pipe(tmp_path / "model.keras")
    with pytest.raises(InputError, match=r"model.keras: expected a plain file; received a pipe"):
        saved_model.load_model(tmp_path / "model.keras")
    _pipe(tmp_path / "metrics.json")
    with pytest.raises(InputError, match=r"metrics.json: expected a plain file; received a pipe"):
        saved_model.run_document(tmp_path / "model.keras")


def test_a_graph_that_is_too_large_is_refused(version):
    """Its size is seen before it is read."""
    (version / "saved_model.pb").unlink()
    with open(version / "saved_model.pb", "wb") as file:
        file.truncate(257 * 2**20)  # without content on the disk
    with pytest.raises(InputError, match=r"saved_model.pb: expected a file of at most 256 MiB"):
        serving_constraints.parsed(version)


def test_keras_is_never_asked_about_what_is_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(keras.saving, "load_model", None)
    (tmp_path / "model.keras").symlink_to("/dev/zero")
    with pytest.raises(InputError, match="received a device"):
        saved_model.load_model(tmp_path / "model.keras")
