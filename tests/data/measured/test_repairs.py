"""Measurements that are repaired, and what is said about it."""

import json

import numpy as np
import pytest
from measured_tables import oscillation, prepare


def test_sound_measurements_stay_as_they_are():
    columns = oscillation(noise=0.01)
    found = prepare(columns)
    (recording,) = found.recordings
    np.testing.assert_array_equal(recording.states, np.stack([columns["x"], columns["v"]], -1))
    np.testing.assert_array_equal(recording.times, columns["t"])
    assert (recording.observed, recording.name, found.report["warnings"]) == (None, "run.csv", [])
    assert (found.recordings.state_names, found.recordings.second_half) == (("x", "v"), "velocities")


def test_equal_rows_are_dropped_and_counted():
    columns = {name: np.insert(values, 10, values[10]) for name, values in oscillation().items()}
    found = prepare(columns)
    assert len(found.recordings[0]) == 200
    assert found.report["recordings"][0]["duplicates_dropped"] == 1


def test_a_recording_of_one_row_is_dropped_and_counted():
    labels = {"run": ["a"] * 100 + ["b"] + ["c"] * 99}
    found = prepare(oscillation(), labels=labels, recording="run")
    assert [recording.name for recording in found.recordings] == ["a", "c"]
    assert found.report["single_rows_dropped"] == 1
    assert any("1 recordings of a single row" in warning for warning in found.report["warnings"])


def test_rows_of_two_recordings_may_alternate():
    columns = {name: np.repeat(values, 2) for name, values in oscillation(50).items()}
    columns["x"][1::2] *= 2
    columns["v"][1::2] *= 2
    found = prepare(columns, labels={"run": ["a", "b"] * 50}, recording="run")
    np.testing.assert_array_equal(found.recordings[1].states[:, 0], 2 * oscillation(50)["x"])


def test_equal_labels_in_two_files_are_two_recordings():
    runs = [oscillation(60, noise=0.01, seed=seed) for seed in (1, 2)]
    columns = {name: np.concatenate([run[name] for run in runs]) for name in ("t", "x", "v")}
    labels = {"run": ["1"] * 60 + ["1"] * 30 + ["2"] * 30}
    found = prepare(columns, labels=labels, recording="run", source=np.repeat([0, 1], 60), files=("f/a.csv", "f/b.csv"))
    assert [recording.name for recording in found.recordings] == ["a.csv: 1", "b.csv: 1", "2"]


def test_velocities_that_were_not_measured_are_slopes():
    columns = oscillation(noise=0.001)
    velocities = columns.pop("v")
    (recording,) = found = prepare(columns).recordings
    # The slopes of a noise of 0.001 are about 0.003 off, and more at the ends.
    np.testing.assert_allclose(recording.states[5:-5, 1], velocities[5:-5], atol=0.02)
    np.testing.assert_array_equal(recording.observed, np.tile([True, False], [200, 1]))
    assert found.state_names == ("x", "dx/dt")


def test_velocities_of_long_recordings_are_slopes_too():
    columns = oscillation(5000, noise=0.001)
    velocities = columns.pop("v")
    (recording,) = prepare(columns).recordings
    np.testing.assert_allclose(recording.states[5:-5, 1], velocities[5:-5], atol=0.02)


@pytest.mark.parametrize("column", ["x", "v"])
def test_missing_cells_are_filled_and_not_observed(column):
    columns = oscillation(noise=0.001)
    true = columns[column].copy()
    columns[column][50:54] = np.nan
    columns[column][-1] = np.nan
    found = prepare(columns)
    (recording,) = found.recordings
    index = ["x", "v"].index(column)
    np.testing.assert_allclose(recording.states[50:54, index], true[50:54], atol=0.02)
    expected = np.ones([200, 2], bool)
    expected[[50, 51, 52, 53, 199], index] = False
    np.testing.assert_array_equal(recording.observed, expected)
    assert found.report["recordings"][0]["missing"][column] == 5


def test_missing_inputs_are_the_value_before():
    inputs = np.arange(200.0)
    inputs[[0, 10, 11]] = np.nan
    found = prepare(oscillation() | {"u": inputs}, inputs=("u",))
    assert found.recordings[0].inputs[[0, 10, 11], 0].tolist() == [1.0, 9.0, 9.0]
    assert found.report["recordings"][0]["missing_inputs"] == 3


def test_missing_inputs_of_linear_interpolation_are_interpolated():
    inputs = np.arange(200.0)
    inputs[[10, 11]] = np.nan
    found = prepare(oscillation() | {"u": inputs}, inputs=("u",), input_interpolation="linear")
    assert found.recordings[0].inputs[[10, 11], 0].tolist() == [10.0, 11.0]


def test_a_long_gap_cuts_a_recording():
    columns = {name: np.delete(values, np.arange(100, 200)) for name, values in oscillation(300).items()}
    found = prepare(columns | {"m": np.full(200, 2.0), "u": np.arange(200.0)}, inputs=("u",), parameters=("m",))
    assert [len(recording) for recording in found.recordings] == [100, 100]
    assert {recording.name for recording in found.recordings} == {"run.csv"}
    assert found.recordings[1].inputs[0] == 100
    assert found.recordings[1].parameters == [2.0]
    assert found.report["recordings"][0]["gaps"] == [pytest.approx([9.9, 20.0])]


def test_a_gap_shorter_than_a_period_does_not_cut():
    # 30 readings of 0.1 are 3; a period of sin(1.3 t) is 4.8.
    columns = {name: np.delete(values, np.arange(100, 130)) for name, values in oscillation(300).items()}
    assert len(prepare(columns).recordings) == 1


def test_parts_that_are_too_short_are_dropped_and_counted():
    columns = {name: np.delete(values, np.arange(5, 100)) for name, values in oscillation(300).items()}
    found = prepare(columns)
    assert [len(recording) for recording in found.recordings] == [200]
    assert found.report["recordings"][0]["readings_in_short_parts"] == 5


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("column", ["x", "v"])
def test_outliers_are_masked_and_listed(noise, column):
    columns = oscillation(400, noise=noise)
    index = ["x", "v"].index(column)
    true = columns[column][[100, 250]].copy()
    columns[column][100] += 0.5
    columns[column][250] -= 3.0
    found = prepare(columns)
    (recording,) = found.recordings
    np.testing.assert_array_equal(np.argwhere(~recording.observed), [[100, index], [250, index]])
    np.testing.assert_allclose(recording.states[[100, 250], index], true, atol=0.05)
    assert [each["place"] for each in found.report["recordings"][0]["outliers"]] == [
        "run.csv, line 102",
        "run.csv, line 252",
    ]


def test_many_readings_of_large_noise_are_kept():
    columns = oscillation(400, noise=0.01)
    places = np.arange(20, 380, 20)
    columns["x"][places] += np.where(places % 40, 0.5, -0.5)
    assert prepare(columns, velocities=()).recordings[0].observed[:, 0].all()


def test_normal_noise_has_no_outliers():
    assert prepare(oscillation(3000, noise=0.1)).recordings[0].observed is None


def test_the_report_is_json():
    columns = oscillation(noise=0.01) | {"u": np.zeros(200), "m": np.ones(200)}
    columns["x"][5] = np.nan
    report = prepare(columns, inputs=("u",), parameters=("m",)).report
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_the_report_knows_the_noise_the_period_and_the_resolution():
    columns = oscillation(1000, noise=0.02)
    columns["x"] = np.round(columns["x"], 3)
    report = prepare(columns).report
    x = report["columns"]["x"]
    assert x["noise"] == pytest.approx(0.02, rel=0.1)
    assert x["noise_percent"] == pytest.approx(100 * 0.02 / np.sqrt(0.5), rel=0.1)
    assert x["resolution"] == pytest.approx(0.001)
    assert report["period"] == pytest.approx(2 * np.pi / 1.3, rel=0.01)
    assert report["readings_per_period"] == pytest.approx(20 * np.pi / 1.3, rel=0.01)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 200, "step": 1.2}, "The sampling is coarse: 4.0 readings in a period"),
        ({"count": 40, "step": 0.05}, "shorter than one period"),
        ({"count": 25, "step": 0.4}, "There are only 25 readings"),
        ({"count": 2000, "noise": 0.3}, "Column 'x' has much noise"),
    ],
)
def test_doubtful_measurements_are_warned_of(options, message):
    assert any(message in warning for warning in prepare(oscillation(**options)).report["warnings"])


def test_measured_derivatives_belong_to_the_states():
    columns = oscillation(noise=0.001)
    columns["a"] = -(1.3**2) * columns["x"]
    (recording,) = prepare(columns, derivatives_given=("a",)).recordings
    np.testing.assert_array_equal(recording.time_derivatives, np.stack([columns["v"], columns["a"]], -1))
