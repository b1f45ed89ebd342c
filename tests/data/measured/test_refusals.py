"""Measurements that are refused: each message says the place, what was received, and the mend."""

import re

import numpy as np
import pytest
from measured_tables import oscillation, prepare

from hnn_tf import InputError


def _refused(columns, message, **options):
    with pytest.raises(InputError, match=message) as error:
        prepare(columns, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def _changed(name, row, value, **options):
    columns = oscillation(**options)
    columns[name][row] = value
    return columns


def test_a_missing_time_is_refused():
    _refused(_changed("t", 7, np.nan), r"^run.csv, line 9, column 't': expected a time .* complete")


def test_times_that_go_backwards_are_refused():
    message = r"^run.csv, line 52, column 't': expected times that increase .* received 0 after 4.9; sort"
    columns = oscillation(100)
    columns["t"][50:] -= columns["t"][50]
    assert "--recording" in _refused(columns, message)


def test_equal_times_with_different_values_are_refused():
    columns = _changed("t", 11, 1.0)  # the time of row 10
    message = (
        r"^run.csv, line 13, column 'x': expected one value at the time 1; received .* and .*; give the times with"
    )
    _refused(columns, message)


def test_a_constant_position_is_refused():
    columns = oscillation() | {"x": np.full(200, 3.0)}
    _refused(columns, r"^run.csv, column 'x': expected positions that change; received 3 in every row")


def test_fewer_than_8_readings_are_refused():
    _refused(oscillation(7), r"^run.csv: expected at least 8 readings; received 7")


def test_recordings_of_one_row_each_are_refused():
    labels = {"run": [str(i) for i in range(10)]}
    _refused(
        oscillation(10), r"expected recordings of several rows; received 10 of one", labels=labels, recording="run"
    )


def test_recordings_that_are_all_too_short_are_refused():
    labels = {"run": [str(i // 5) for i in range(20)]}
    message = r"^run.csv, line 2: expected a recording of at least 8 .* received 4 recordings, the longest of 5 rows"
    _refused(oscillation(20), message, labels=labels, recording="run")


def test_a_row_without_a_label_is_refused():
    labels = {"run": ["a"] * 30 + [""] + ["a"] * 9}
    message = r"line 32, column 'run': expected the recording of every row"
    _refused(oscillation(40), message, labels=labels, recording="run")


def test_a_missing_parameter_is_refused():
    columns = oscillation(40) | {"m": np.r_[np.ones(20), np.nan, np.ones(19)]}
    _refused(columns, r"line 22, column 'm': expected the parameter in every row", parameters=("m",))


def test_a_parameter_that_varies_is_refused():
    columns = oscillation(40) | {"m": np.r_[np.ones(20), np.full(20, 2.0)]}
    _refused(columns, r"line 22, column 'm': expected one value in .* received 1 and 2; give", parameters=("m",))


def test_an_input_without_any_value_is_refused():
    columns = oscillation(40) | {"u": np.full(40, np.nan)}
    _refused(columns, r"column 'u': expected inputs in recording 'run.csv'; received no number", inputs=("u",))


def test_momenta_in_the_place_of_velocities_are_refused():
    columns = oscillation(noise=0.01)
    columns["v"] *= 2.04
    message = (
        r"column 'v': expected the velocity dx/dt; received numbers that are 2.0[34] times dx/dt; give --momenta=v"
    )
    _refused(columns, message)


def test_velocities_of_the_wrong_sign_are_refused():
    columns = oscillation(noise=0.01)
    columns["v"] *= -1
    _refused(columns, r"column .v.: .* received numbers that are -(1|0.99\d|1.00\d?) times dx/dt")


def test_velocities_of_something_else_are_refused():
    columns = oscillation() | {"v": np.random.default_rng(0).normal(size=200)}
    _refused(columns, r"column 'v': .* received numbers that do not follow dx/dt \(correlation -?0.")


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.3])
def test_right_velocities_are_not_refused(noise):
    # With a noise of 0.3, slopes of single readings say nothing, and the correlation is below 0.9.
    assert prepare(oscillation(300, noise=noise)).recordings.second_half == "velocities"


def test_wrong_velocities_as_momenta_are_taken():
    columns = oscillation(noise=0.01)
    columns["v"] *= 2.04
    found = prepare(columns, momenta=("v",))
    assert found.recordings.second_half == "momenta"
    assert found.report["warnings"] == []


def test_a_small_disagreement_is_a_warning():
    columns = oscillation(400, noise=0.005)
    columns["v"] *= 0.95
    (warning,) = prepare(columns).report["warnings"]
    factor = float(re.search(r"Column 'v' is (0.9\d+) times dx/dt", warning).group(1))
    assert factor == pytest.approx(0.95, abs=0.005)


def _two_files(second, count=100):
    """Two recordings in two files, of which the second is given by columns."""
    first = oscillation(count, noise=0.01)
    columns = {name: np.concatenate([first[name], second[name]]) for name in first}
    source = np.repeat([0, 1], [count, len(second["t"])])
    return columns, {"source": source, "files": ("a.csv", "b.csv")}


def _with_known_rows(start, of, count):
    """Two files, of which the second has some of the rows of the first, from its row `of`, at its row `start`."""
    second, known = oscillation(100, noise=0.01, seed=1), oscillation(100, noise=0.01)
    for name in ("x", "v"):
        second[name][start : start + count] = known[name][of : of + count]
    return _two_files(second)


@pytest.mark.parametrize(("start", "of", "count"), [(30, 30, 5), (30, 50, 20)])
def test_the_same_rows_in_two_files_are_refused(start, of, count):
    columns, files = _with_known_rows(start, of, count)
    message = (
        rf"^b.csv, line {102 + start}: expected different readings in recordings 'a.csv' and 'b.csv'; received at "
        rf"least {count} rows that are equal to those at a.csv, line {2 + of}; leave"
    )
    _refused(columns, message, velocities=(), **files)


@pytest.mark.parametrize(("start", "of", "count"), [(30, 30, 4), (30, 50, 19)])
def test_few_equal_rows_are_not_refused(start, of, count):
    columns, files = _with_known_rows(start, of, count)
    assert len(prepare(columns, velocities=(), **files).recordings) == 2


def test_equal_rests_are_not_refused():
    runs = [oscillation(60, noise=0.01, seed=seed) for seed in (1, 2)]
    columns = {name: np.concatenate([run[name] for run in runs]) for name in ("t", "x")}
    columns["x"][:10] = columns["x"][60:70] = 0.0
    found = prepare(columns, source=np.repeat([0, 1], 60), files=("a.csv", "b.csv"))
    assert [recording.name for recording in found.recordings] == ["a.csv", "b.csv"]


def test_few_equal_rows_of_a_coarse_counter_are_not_refused():
    # Two runs begin equally by chance, if the counter has few steps.
    runs = [np.round(8 * np.sin(1.3 * 0.1 * np.arange(300) * (1 + shift))) for shift in (0.0, 0.02)]
    columns = {"t": np.tile(0.1 * np.arange(300), 2), "x": np.concatenate(runs)}
    assert (runs[0][:8] == runs[1][:8]).all()
    assert len(prepare(columns, source=np.repeat([0, 1], 300), files=("a.csv", "b.csv")).recordings) == 2
