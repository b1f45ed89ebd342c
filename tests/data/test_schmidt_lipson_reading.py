"""Reading the measured pendulum's record: from text, archive and folder."""

import ast
import pathlib
import zipfile

import numpy as np
import pytest
from pendulum_record_files import (
    FEWER_READINGS,
    GOOD,
    PREFIXES,
    READINGS,
    as_bytes,
    assert_equal_records,
    write_archive,
    write_text,
)

from hnn_tf.data import schmidt_lipson
from hnn_tf.data.schmidt_lipson import MEMBER, PendulumRecord, forward_differences, read_pendulum_record

pytestmark = FEWER_READINGS


def test_values_and_columns_are_the_written_ones(tmp_path):
    record = read_pendulum_record(write_text(tmp_path))
    # Exactly: 17 digits restore a float64.
    np.testing.assert_array_equal(record.times, [5 + i / 6 for i in range(12)])
    np.testing.assert_array_equal(record.states, [[np.cos(i / 6), -np.sin(i / 6)] for i in range(12)])


def test_record_is_float64(tmp_path):
    record = read_pendulum_record(write_text(tmp_path))
    assert (record.times.dtype, record.states.dtype) == (np.float64, np.float64)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_archive_equals_text_file(tmp_path, prefix):
    archive = write_archive(tmp_path, {f"{prefix}{MEMBER}": GOOD, f"{prefix}pendulum_h_1.txt": b"other"})
    assert_equal_records(read_pendulum_record(archive), read_pendulum_record(write_text(tmp_path)))


def test_stored_archive_equals_text_file(tmp_path):
    archive = write_archive(tmp_path, compression=zipfile.ZIP_STORED)
    assert_equal_records(read_pendulum_record(archive), read_pendulum_record(write_text(tmp_path)))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_folder_equals_text_file(tmp_path, prefix):
    folder = tmp_path / "extracted" / prefix
    folder.mkdir(parents=True)
    write_text(folder)
    assert_equal_records(read_pendulum_record(tmp_path / "extracted"), read_pendulum_record(write_text(tmp_path)))


def test_archive_may_have_any_name(tmp_path):
    renamed = write_archive(tmp_path).rename(tmp_path / "download")
    assert_equal_records(read_pendulum_record(renamed), read_pendulum_record(write_text(tmp_path)))


def test_path_may_be_a_string(tmp_path):
    path = write_text(tmp_path)
    assert_equal_records(read_pendulum_record(str(path)), read_pendulum_record(path))


@pytest.mark.parametrize(
    "content",
    [
        as_bytes(READINGS, end="\n"),
        GOOD + b"\r\n",
        GOOD.rstrip(),
        as_bytes([line.strip() for line in READINGS]),
        as_bytes(READINGS, header="% o       v "),
    ],
    ids=["unix line ends", "an empty line at the end", "no line end at the end", "no outer spaces", "spaced header"],
)
def test_layout_is_free(tmp_path, content):
    expected = read_pendulum_record(write_text(tmp_path))
    assert_equal_records(read_pendulum_record(write_text(tmp_path, content)), expected)


def test_members_of_macos_are_overlooked(tmp_path):
    archive = write_archive(tmp_path, {MEMBER: GOOD, f"__MACOSX/._{MEMBER}": b"\0\5\26\7"})
    assert len(read_pendulum_record(archive).times) == len(READINGS)


def test_reading_an_archive_writes_no_file(tmp_path):
    archive = write_archive(tmp_path)
    read_pendulum_record(archive)
    assert list(tmp_path.iterdir()) == [archive]


def test_module_loads_neither_keras_nor_tensorflow():
    tree = ast.parse(pathlib.Path(schmidt_lipson.__file__).read_text(encoding="utf-8"))
    names = [alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert not {name.split(".")[0] for name in names} & {"keras", "tensorflow"}


# Forward differences.


def test_forward_differences_use_each_reading_s_own_step():
    record = PendulumRecord(np.array([0.0, 1.0, 1.5]), np.array([[0.0, 0.0], [1.0, 2.0], [2.0, -1.0]]))
    states, derivatives = forward_differences(record)
    # Exactly: the numbers are sums of few powers of two.
    np.testing.assert_array_equal(states, [[0.0, 0.0], [1.0, 2.0]])
    np.testing.assert_array_equal(derivatives, [[1.0, 2.0], [2.0, -6.0]])


def test_forward_differences_damp_an_oscillator_by_half_omega_squared_dt():
    omega, dt = 1.1, 1 / 6
    times = np.arange(500) * dt
    record = PendulumRecord(times, np.stack([np.cos(omega * times), -omega * np.sin(omega * times)], -1))
    states, derivatives = forward_differences(record)
    field = np.linalg.lstsq(states, derivatives, rcond=None)[0].T
    # The eigenvalue is (exp(i omega dt) - 1) / dt; its real part is -omega^2 dt / 2 but for (omega dt)^2 / 12 = 0.3 %.
    np.testing.assert_allclose(np.linalg.eigvals(field).real, -(omega**2) * dt / 2, rtol=0.005)
