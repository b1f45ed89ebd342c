"""The published record of the measured pendulum."""

import os
import pathlib
import zipfile

import numpy as np
import pytest
from pendulum_record_files import PREFIXES, assert_equal_records, refusal, write_archive

from hnn_tf.data.schmidt_lipson import MEMBER, forward_differences, read_pendulum_record


@pytest.fixture(scope="module")
def published():
    default = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"
    path = pathlib.Path(os.environ.get("HNN_TF_SHARED_DATA", default)) / "schmidt_lipson" / "invar_datasets.zip"
    if not path.is_file():
        pytest.skip("the published archive isn't here; HNN_TF_SHARED_DATA names the folder that holds schmidt_lipson/")
    return path


@pytest.fixture(scope="module")
def published_record(published):
    return read_pendulum_record(published)


def test_published_record_has_556_readings(published_record):
    assert published_record.times.shape == (556,)
    assert published_record.states.shape == (556, 2)


def test_published_record_starts_at_5_seconds(published_record):
    assert published_record.times[0] == 5.0  # exactly, as printed in the file


def test_published_record_is_sampled_six_times_a_second(published_record):
    # Times are printed to 17 digits; differences of numbers up to 100 lose 2 of them.
    np.testing.assert_allclose(np.median(np.diff(published_record.times)), 1 / 6, atol=1e-12)


def test_published_record_has_no_gap_beyond_half_a_second(published_record):
    assert np.diff(published_record.times).max() <= 0.5001  # three steps of 1/6 s, and rounding


def test_published_velocity_is_the_angle_s_derivative(published_record):
    step = published_record.times[2:] - published_record.times[:-2]
    slope = (published_record.states[2:, 0] - published_record.states[:-2, 0]) / step
    # Central differences at omega dt ~ 0.18 are off by 1 %, the measurement by some percent: a swap of columns or
    # another unit (degrees) would be off by far more.
    assert np.corrcoef(slope, published_record.states[1:-1, 1])[0, 1] > 0.98
    assert np.std(slope) / np.std(published_record.states[1:-1, 1]) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_published_record_is_the_same_extracted(published, published_record, tmp_path, prefix):
    folder = tmp_path / prefix
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(published) as archive:
        archive.extractall(folder)
    assert_equal_records(read_pendulum_record(tmp_path), published_record)


def test_published_record_is_the_same_as_text_file(published, published_record, tmp_path):
    with zipfile.ZipFile(published) as archive:
        path = pathlib.Path(archive.extract(MEMBER, tmp_path))
    assert_equal_records(read_pendulum_record(path), published_record)


def test_published_record_is_the_same_packed_again(published, published_record, tmp_path):
    with zipfile.ZipFile(published) as archive:
        members = {f"invar_datasets/{name}": archive.read(name) for name in archive.namelist()}
    assert_equal_records(read_pendulum_record(write_archive(tmp_path, members)), published_record)


def test_other_published_records_are_refused_by_their_header_or_shape(published, tmp_path):
    with zipfile.ZipFile(published) as archive:
        path = pathlib.Path(archive.extract("real_linear_h_1.txt", tmp_path))
    assert "line 1: expected the header '% o v'; received" in refusal(path)


def test_forward_differences_have_many_times_the_pendulums_own_friction(published_record):
    """The 0.1 and 0.006 of docs/results.md, per second, by which amplitudes fall."""
    (q, p), times = published_record.states.T, published_record.times
    energy = 2.4 * (1 - np.cos(q)) + p**2  # amplitudes fall half as fast
    assert -np.polyfit(times, np.log(energy), 1)[0] / 2 == pytest.approx(0.006, abs=0.0005)
    states, slopes = forward_differences(published_record)
    q, p = states.T
    dq_dt, dp_dt = (
        np.linalg.lstsq(np.stack(terms, 1), slope, rcond=None)[0]
        for terms, slope in zip([(q, p), (np.sin(q), p)], slopes.T, strict=True)
    )
    # Half the trace of the fitted field. omega^2 dt / 2 is 0.105.
    assert -(dq_dt[0] + dp_dt[1]) / 2 == pytest.approx(0.1, abs=0.01)
