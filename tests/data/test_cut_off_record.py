"""A record's text that was cut off is said, or refused, and a whole one isn't."""

import warnings

import numpy as np
import pytest
from pendulum_record_files import as_bytes, write_text

from hnn_tf import InputError, InputWarning
from hnn_tf.commands import command_line
from hnn_tf.data import read_pendulum_record

READINGS = [f"0 {5 + i / 6:.6f} {np.cos(i / 6):.6f} {-np.sin(i / 6):.6f}" for i in range(556)]
WHOLE = as_bytes(READINGS)


def _said(path):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        read_pendulum_record(path)
    assert all(each.category is InputWarning and each.filename == __file__ for each in said)
    return [str(each.message) for each in said]


def test_a_whole_record_is_taken_without_a_word(tmp_path):
    assert _said(write_text(tmp_path, WHOLE)) == []


# The last three are within the last number, at the end of the last line, and at that of another.
@pytest.mark.parametrize(
    "size", [*range(len(WHOLE) // 20, len(WHOLE), len(WHOLE) // 20), -4, -2, -len(READINGS[-1]) - 2]
)
def test_a_cut_is_refused_or_said(tmp_path, size):
    path = write_text(tmp_path, WHOLE[:size])
    try:
        said = _said(path)
    except InputError:
        return
    assert len(said) == 1
    assert said[0].startswith((f"{path}: the file has", f"{path}: the last line has"))


def test_says_how_many_readings_there_are_and_should_be(tmp_path):
    path = write_text(tmp_path, as_bytes(READINGS[:400]))
    assert _said(path) == [
        f"{path}: the file has 400 readings, and the published record 556; check that the file is complete if it is "
        "the published record"
    ]


def test_more_readings_are_said_too(tmp_path):
    assert "the file has 557 readings" in _said(write_text(tmp_path, as_bytes([*READINGS, "0 200 0 0"])))[0]


def test_says_that_the_last_line_has_no_end(tmp_path):
    path = write_text(tmp_path, WHOLE[:-4])  # within the digits of the last velocity
    assert _said(path) == [
        f"{path}: the last line has no line end; check that the file is complete if it is the published record"
    ]


@pytest.mark.filterwarnings("default")
def test_commands_say_it_in_a_line_without_a_place_in_the_code(tmp_path, capsys):
    path = write_text(tmp_path, WHOLE[:-4])
    command_line.run(lambda: read_pendulum_record(path), usage="", argv=["command"])
    message = f"{path}: the last line has no line end; check that the file is complete if it is the published record"
    assert capsys.readouterr().err == f"warning: {message}\n"
