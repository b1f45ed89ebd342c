"""Downloading the measured pendulum. Keras' own get_file runs on file:// addresses; there is no network."""

import hashlib
import shutil

import keras
import pytest
from pendulum_record_files import FEWER_READINGS, GOOD, READINGS, write_archive

from hnn_tf.data import schmidt_lipson
from hnn_tf.data.schmidt_lipson import MEMBER, SOURCES, download_archive, read_pendulum_record
from hnn_tf.input_error import InputError

pytestmark = FEWER_READINGS


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Two sources as local files, with their true checksums, and an empty cache."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    sources = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        path = write_archive(tmp_path / name, {f"{name}/{MEMBER}": GOOD})
        sources.append((path.as_uri(), hashlib.sha256(path.read_bytes()).hexdigest()))
    monkeypatch.setattr(schmidt_lipson, "SOURCES", tuple(sources))
    return tmp_path


def spoil(site, name):
    (site / name / "invar_datasets.zip").write_bytes(b"<html>moved</html>")


def cached(site):
    return sorted(path for path in (site / "cache").rglob("*") if path.is_file())


def test_published_sources_are_pinned_by_commit_and_checksum():
    for url, checksum in SOURCES:
        assert len(url.split("/raw/")[1].split("/")[0]) == 40
        assert len(bytes.fromhex(checksum)) == 32


def test_first_source_is_used(site):
    path = download_archive()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == schmidt_lipson.SOURCES[0][1]
    assert cached(site) == [path]


@pytest.mark.usefixtures("site")
def test_record_is_downloaded_when_no_path_is_given():
    assert len(read_pendulum_record().times) == len(READINGS)


def test_cached_archive_is_used_without_its_source(site):
    path = download_archive()
    shutil.rmtree(site / "first")
    assert download_archive() == path


def test_second_source_is_used_when_the_first_is_gone(site):
    shutil.rmtree(site / "first")
    assert hashlib.sha256(download_archive().read_bytes()).hexdigest() == schmidt_lipson.SOURCES[1][1]


def test_second_source_is_used_when_the_first_has_another_checksum(site):
    spoil(site, "first")
    assert hashlib.sha256(download_archive().read_bytes()).hexdigest() == schmidt_lipson.SOURCES[1][1]


def test_download_of_another_checksum_is_deleted(site):
    spoil(site, "first")
    path = download_archive()
    assert cached(site) == [path]


@pytest.mark.usefixtures("site")
def test_spoilt_cache_is_downloaded_again():
    path = download_archive()
    path.write_bytes(path.read_bytes()[:100])
    assert download_archive() == path
    assert hashlib.sha256(path.read_bytes()).hexdigest() == schmidt_lipson.SOURCES[0][1]


def test_spoilt_cache_is_not_used_when_the_sources_are_gone(site):
    path = download_archive()
    path.write_bytes(path.read_bytes()[:100])
    shutil.rmtree(site / "first")
    shutil.rmtree(site / "second")
    with pytest.raises(InputError):
        download_archive()
    assert cached(site) == []


def test_stdout_stays_empty(site, capsys):
    spoil(site, "first")
    download_archive()
    assert capsys.readouterr().out == ""


def test_archive_that_keras_accepts_is_checked_again(site, monkeypatch):
    wrong = site / "wrong.zip"
    wrong.write_bytes(b"PK")
    monkeypatch.setattr(keras.utils, "get_file", lambda *_, **__: str(wrong))
    with pytest.raises(InputError, match="the SHA-256 of the file was wrong"):
        download_archive()
    assert not wrong.exists()


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """The published sources, with a get_file that notes its arguments and fails."""
    calls = []

    def get_file(fname, origin, **options):
        calls.append((fname, origin, options))
        raise Exception(f"URL fetch failure on {origin}: None --\n no route to host")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.utils, "get_file", get_file)
    return calls


def test_sources_are_tried_in_order(offline):
    with pytest.raises(InputError):
        download_archive()
    assert [origin for _, origin, _ in offline] == [url for url, _ in SOURCES]


def test_sources_have_their_own_cache_files(offline):
    with pytest.raises(InputError):
        download_archive()
    assert len({name for name, _, _ in offline}) == len(SOURCES)


def test_keras_is_asked_to_check_sha256(offline):
    with pytest.raises(InputError):
        download_archive()
    assert [options["file_hash"] for _, _, options in offline] == [checksum for _, checksum in SOURCES]
    assert {options["hash_algorithm"] for _, _, options in offline} == {"sha256"}


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("part", [SOURCES[0][0], SOURCES[1][0], "--data_path=", "no route to host"])
def test_failed_download_says_why_what_to_fetch_and_where_to_give_it(part):
    with pytest.raises(InputError) as error:
        read_pendulum_record()
    assert part in str(error.value)


@pytest.mark.usefixtures("offline")
def test_failed_download_is_one_line():
    with pytest.raises(InputError) as error:
        download_archive()
    assert len(str(error.value).splitlines()) == 1
