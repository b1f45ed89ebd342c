"""Simulated data on disk: never stale, never half-written, never a pickle."""

import hashlib
import io

import numpy as np
import pytest

from hnn_tf import InputError
from hnn_tf.data import cached_arrays, dataset_cache

SETTINGS = {"task": "two_body", "seed": 0, "times": [0.0, 0.5]}


class _Maker:
    """Makes the same arrays every time, and counts."""

    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1
        return {"states": np.arange(6.0).reshape(2, 3), "times": np.array([0.1, 0.2])}


@pytest.fixture
def make():
    return _Maker()


def _equal(found, make):
    expected = make()
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array)


def test_the_second_call_reads_what_the_first_made(tmp_path, make):
    first, second = (cached_arrays(tmp_path / "new", SETTINGS, make) for _ in range(2))
    assert make.count == 1
    _equal(first, make)
    _equal(second, make)


def test_arrays_are_settings_too(tmp_path, make):
    for starts in (np.zeros([2, 3]), np.zeros([2, 3]), np.zeros([3, 2]), np.ones([2, 3])):
        cached_arrays(tmp_path, SETTINGS | {"starts": starts}, make)
    assert make.count == 3


@pytest.mark.parametrize("place", [3, 40, 150, 400, -30])
def test_a_changed_byte_is_found(tmp_path, make, place):
    cached_arrays(tmp_path, SETTINGS, make)
    (file,) = tmp_path.iterdir()
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    _equal(cached_arrays(tmp_path, SETTINGS, make), make)
    assert make.count == 3  # one of them in _equal


@pytest.mark.parametrize("change", [{"seed": 1}, {"task": "three_body"}, {"times": [0.0, 0.6]}, {"noise_std": 0.1}])
def test_other_settings_are_made_anew(tmp_path, make, change):
    cached_arrays(tmp_path, SETTINGS, make)
    cached_arrays(tmp_path, SETTINGS | change, make)
    assert make.count == 2


def test_other_code_is_made_anew(tmp_path, make, monkeypatch):
    cached_arrays(tmp_path, SETTINGS, make)
    monkeypatch.setattr(dataset_cache, "_code_digest", lambda: "another")
    cached_arrays(tmp_path, SETTINGS, make)
    assert make.count == 2


def test_another_version_of_a_library_is_made_anew(tmp_path, make, monkeypatch):
    cached_arrays(tmp_path, SETTINGS, make)
    monkeypatch.setattr(np, "__version__", "0.1")
    cached_arrays(tmp_path, SETTINGS, make)
    assert make.count == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"not an archive"])
def test_a_damaged_file_is_made_anew(tmp_path, make, content):
    cached_arrays(tmp_path, SETTINGS, make)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    _equal(cached_arrays(tmp_path, SETTINGS, make), make)
    cached_arrays(tmp_path, SETTINGS, make)
    assert make.count == 3  # one of them in _equal


def test_pickled_objects_are_not_read(tmp_path, make):
    cached_arrays(tmp_path, SETTINGS, make)
    (file,) = tmp_path.iterdir()
    pickled = io.BytesIO()
    np.savez(pickled, states=np.array([{}], dtype=object))
    # As if this had been written by the cache.
    file.write_bytes(hashlib.sha256(pickled.getvalue()).digest() + pickled.getvalue())
    with pytest.raises(ValueError, match="allow_pickle=False"):
        cached_arrays(tmp_path, SETTINGS, make)


def test_a_file_of_something_else_is_made_anew(tmp_path, make):
    cached_arrays(tmp_path, SETTINGS, make)
    (file,) = tmp_path.iterdir()
    with file.open("wb") as stream:
        np.savez(stream, states=np.zeros(3))
    _equal(cached_arrays(tmp_path, SETTINGS, make), make)


def test_without_a_folder_nothing_is_kept(tmp_path, make, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        cached_arrays(None, SETTINGS, make)
    assert make.count == 2
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path, make):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cache_dir='.*file': expected a folder that can be written"):
        cached_arrays(tmp_path / "file", SETTINGS, make)


def test_a_failure_leaves_nothing(tmp_path):
    def fail():
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        cached_arrays(tmp_path, SETTINGS, fail)
    assert not list(tmp_path.iterdir())
