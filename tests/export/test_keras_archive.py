"""A .keras file in which little becomes much is refused before anything of it is unpacked or built."""

import io
import subprocess
import sys
import zipfile

import command_session
import h5py
import keras
import pytest

import hnn_tf
from hnn_tf import InputError
from hnn_tf.export import json_file, saved_model

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    """Of a model's file, the content by name."""
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    model = hnn_tf.HamiltonianNetwork(hnn_tf.MLPHamiltonian(hidden_units=[8]))
    model.build([None, 2])
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _write(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _weights(change):
    """The members with other weights, in which `change` may do what it likes."""

    def write(path, members):
        buffer = io.BytesIO(members["model.weights.h5"])
        with h5py.File(buffer, "r+") as file:
            change(file)
        _write(path, members | {"model.weights.h5": buffer.getvalue()})

    return write


def _encrypt(path, members):
    _write(path, members)
    content = bytearray(path.read_bytes())
    # Bit 0 of the flags: in the last member's entry of the directory, and in the head of the first member.
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def _lie_about_size(path, members):
    """A head that says that few bytes come out: zipfile would unpack all of them first."""
    _write(path, members | {"config.json": b" " * 20_000_000}, zipfile.ZIP_DEFLATED)
    content, size = path.read_bytes(), (20_000_000).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, (100).to_bytes(4, "little")))


def _twice(path, members):
    _write(path, members)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("config.json", members["config.json"])


def _one_dataset(**options):
    return _weights(lambda file: file.create_dataset("vars/9", dtype="f4", **options))


BOMBS = {
    "config": (
        lambda path, members: _write(path, members | {"config.json": b" " * 20_000_000}, zipfile.ZIP_DEFLATED),
        "is compressed, but Keras compresses nothing",
    ),
    "lying config": (_lie_about_size, "is compressed, but Keras compresses nothing"),
    "large config": (
        lambda path, members: _write(path, members | {"config.json": b" " * (json_file.MOST_BYTES + 1)}),
        "config.json has 16777217 bytes; expected at most 16777216",
    ),
    "large metadata": (
        lambda path, members: _write(path, members | {"metadata.json": b" " * (json_file.MOST_BYTES + 1)}),
        "metadata.json has 16777217 bytes",
    ),
    "nested config": (
        lambda path, members: _write(path, members | {"config.json": b"[" * 1_000_000}),
        "maximum recursion depth",
    ),
    "other member": (
        lambda path, members: _write(path, members | {"../../escape": b""}),
        "the archive holds metadata.json, config.json, model.weights.h5, ../../escape; expected",
    ),
    "member twice": (_twice, "the archive holds metadata.json, config.json, model.weights.h5, config.json"),
    "no weights": (
        lambda path, _: _write(path, {"config.json": b"{}", "metadata.json": b"{}"}),
        "the archive holds config.json, metadata.json; expected",
    ),
    "encrypted": (_encrypt, "loaded: model.weights.h5 is encrypted"),
    "packed weights": (_one_dataset(shape=[1_000_000], compression="gzip", fillvalue=0), "the weights declare 40"),
    "unwritten weights": (_one_dataset(shape=[2**40]), "the weights declare 4398046511"),
    # More than 2**64 bytes, which 64 bits would count as none.
    "overflowing weights": (_one_dataset(shape=[2**31, 2**31, 4]), "the weights declare 73786976294"),
    "weights elsewhere": (
        _one_dataset(shape=[4], external=[("/dev/zero", 0, 16)]),
        "the weights vars/9 are in another file",
    ),
    "linked weights": (
        _weights(lambda file: file.__setitem__("vars/9", h5py.ExternalLink("/dev/zero", "/"))),
        "the weights vars are a link",
    ),
    "no HDF5": (
        lambda path, members: _write(path, members | {"model.weights.h5": b"none"}),
        "the file can't be loaded",
    ),
}


@pytest.mark.parametrize("case", BOMBS)
def test_is_one_line_and_keras_never_sees_it(tmp_path, members, monkeypatch, case):
    write, reason = BOMBS[case]
    path = tmp_path / "model.keras"
    write(path, members)
    if case != "nested config":  # whose text is no longer than another's
        monkeypatch.setattr(keras.saving, "load_model", None)
    with pytest.raises(InputError) as caught:
        saved_model.load_model(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: expected a .keras model of hnn_tf; the file can't be loaded: ")
    assert reason in message
    assert "\n" not in message


def test_a_model_as_keras_writes_it_is_loaded(tmp_path, members):
    _write(tmp_path / "model.keras", members)
    assert saved_model.load_model(tmp_path / "model.keras").count_params() == 2 * 8 + 8 + 8


@pytest.mark.slow
def test_600_megabytes_of_config_cost_no_memory(tmp_path, members):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("metadata.json", "model.weights.h5"):
            archive.writestr(name, members[name])
        with archive.open("config.json", "w") as config:
            for _ in range(600):
                config.write(b" " * 2**20)
    assert path.stat().st_size < 2**20
    # This process's own children may have been larger: the command is the only child of a process of its own.
    command = [sys.executable, "-m", "export", "--model_path=model.keras", "--export_dir=served"]
    measure = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:])\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "sys.exit(done.returncode)"
    )
    done = subprocess.run(
        [sys.executable, "-c", measure, *command],
        cwd=tmp_path,
        env=command_session.environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "is compressed" in done.stderr
    # TensorFlow itself has 500 MB; 1500 were seen when it was unpacked.
    assert int(done.stdout) < 1000 * 1024
