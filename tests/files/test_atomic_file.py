"""A file is written whole or not at all."""

import subprocess
import sys

import pytest

from hnn_tf.files import atomic_file as module
from hnn_tf.files.atomic_file import atomic_file


@pytest.fixture(params=["metrics.json", "no_suffix", "two.parts.npz"])
def path(request, tmp_path):
    return tmp_path / request.param


def test_the_file_is_what_was_written(path):
    with atomic_file(path) as temporary:
        temporary.write_bytes(b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_path_may_be_a_string(path):
    with atomic_file(str(path)) as temporary:
        temporary.write_bytes(b"new")
    assert path.read_bytes() == b"new"


def test_an_old_file_stays_until_the_end(path):
    path.write_bytes(b"old")
    with atomic_file(path) as temporary:
        temporary.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_the_temporary_is_a_hidden_sibling_of_the_same_suffix(path):
    # Of the same folder, so that renaming is atomic; of the same suffix, because writers choose the format by it.
    with atomic_file(path) as temporary:
        temporary.touch()
        assert temporary.parent == path.parent
        assert temporary.name.endswith(path.suffix)
        assert temporary.name.startswith(".")


@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_everything_as_it_was(path, old, error):
    if old:
        path.write_bytes(old)

    def write():
        with atomic_file(path) as temporary:
            temporary.write_bytes(b"half")
            raise error("of the writer")

    with pytest.raises(error, match="of the writer"):
        write()
    assert [file.read_bytes() for file in path.parent.iterdir()] == ([old] if old else [])


def test_a_block_that_writes_nothing_fails_and_leaves_the_old_file(path):
    path.write_bytes(b"old")
    with pytest.raises(FileNotFoundError), atomic_file(path):
        pass
    assert path.read_bytes() == b"old"


def test_a_missing_folder_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_file(tmp_path / "absent" / "file") as temporary:
        temporary.write_bytes(b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_kill_leaves_the_old_file(path):
    path.write_bytes(b"old")
    # The module alone, by its path: the package would load TensorFlow.
    script = (
        "import os, runpy, sys\n"
        "with runpy.run_path(sys.argv[1])['atomic_file'](sys.argv[2]) as temporary:\n"
        "    temporary.write_bytes(b'half')\n"
        "    os._exit(9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, module.__file__, str(path)], check=False)
    assert killed.returncode == 9
    assert path.read_bytes() == b"old"


def test_a_missing_folder_is_named_as_the_caller_did(tmp_path):
    with (
        pytest.raises(FileNotFoundError, match="no such folder for the file") as caught,
        atomic_file(tmp_path / "a/b.txt"),
    ):
        pass
    assert caught.value.filename == str(tmp_path / "a/b.txt")
