"""Recordings from data frames, xarray datasets and arrays of positions."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from measured_tables import oscillation

from hnn_tf import InputError, InputWarning
from hnn_tf.data import Recordings


def _frame(**changes):
    first, second = oscillation(100, noise=0.01), oscillation(80, noise=0.01, seed=1)
    columns = {name: np.concatenate([first[name], second[name]]) for name in first}
    return pd.DataFrame(columns | {"run": ["a"] * 100 + ["b"] * 80, "u": 0.5, "m": [1.0] * 100 + [2.0] * 80} | changes)


ROLES = {"time": "t", "positions": ["x"], "recording": "run", "inputs": ["u"], "parameters": ["m"]}


def test_a_data_frame_of_positions_and_velocities():
    frame = _frame()
    found = Recordings.from_pandas(frame, **ROLES, velocities=["v"], units={"t": "s", "x": "m"}, masses=[3.0])
    np.testing.assert_array_equal(found.joined("states"), frame[["x", "v"]].to_numpy())
    assert [recording.name for recording in found] == ["a", "b"]
    assert [recording.parameters.tolist() for recording in found] == [[1.0], [2.0]]
    assert (found.second_half, found.masses, found.state_units) == ("velocities", (3.0,), ("m", "m/s"))
    assert (found.input_names, found.parameter_names, found.time_unit) == (("u",), ("m",), "s")


def test_a_data_frame_of_positions():
    found = Recordings.from_pandas(_frame(), **ROLES)
    assert found.state_names == ("x", "dx/dt")
    assert not found.joined("observed")[:, 1].any()


def test_dates_are_seconds_since_the_first():
    dates = pd.Timestamp("2024-02-29") + pd.to_timedelta(oscillation()["t"], unit="s")
    found = Recordings.from_pandas(pd.DataFrame(oscillation() | {"t": dates}), time="t", positions=["x"])
    np.testing.assert_allclose(found[0].times, oscillation()["t"], atol=1e-6)
    assert found.time_unit == "s"


def test_doubtful_measurements_warn():
    with pytest.warns(InputWarning, match="There are only 25 readings") as said:
        Recordings.from_pandas(pd.DataFrame(oscillation(25, step=0.4)), time="t", positions=["x"])
    assert said[0].filename == __file__


@pytest.mark.parametrize(
    ("changes", "roles", "message"),
    [
        ({}, {"positions": ["y"]}, "table: expected the column 'y'; received 't', 'x', 'v', 'run', 'u', 'm'"),
        ({"x": [np.inf] * 180}, {}, "table, index 0, column 'x': expected a finite number; received infinity"),
        ({"t": [0.0, np.nan] * 90}, {}, "table, index 1, column 't': expected a time in every row"),
        ({}, {"time_derivatives": ["v", "u"]}, "time_derivatives: expected momenta"),
        ({}, {"state_units": ("m", "m")}, "state_units: expected body_dimension and input_interpolation only"),
        ({}, {"momenta": ["v"], "masses": [2.0]}, "momenta: expected no velocities, units and masses with momenta"),
    ],
)
def test_a_data_frame_that_does_not_fit_is_refused(changes, roles, message):
    with pytest.raises(InputError, match=message):
        Recordings.from_pandas(_frame(**changes), **ROLES | roles)


def _dataset():
    runs = [oscillation(100, noise=0.01, seed=seed) for seed in (0, 1)]
    states = {
        name: (("run", "t"), np.stack([run[name] for run in runs]), {"units": unit})
        for name, unit in (("x", "m"), ("v", "m/s"))
    }
    of_run = {"m": ("run", [1.0, 2.0]), "g": ((), 9.81)}
    times = ("t", runs[0]["t"], {"units": "s"})
    return xr.Dataset(states | of_run, coords={"t": times, "run": ["first", "second"]})


def test_an_xarray_dataset_with_a_dimension_of_recordings():
    dataset = _dataset()
    found = Recordings.from_xarray(
        dataset, time="t", positions=["x"], velocities=["v"], recording="run", parameters=["m", "g"]
    )
    np.testing.assert_array_equal(found.stacked("states"), np.stack([dataset["x"], dataset["v"]], -1))
    assert [recording.parameters.tolist() for recording in found] == [[1.0, 9.81], [2.0, 9.81]]
    assert [recording.name for recording in found] == ["first", "second"]
    assert (found.state_units, found.time_unit) == (("m", "m/s"), "s")


def test_readings_after_the_end_of_an_xarray_recording_are_left_out():
    dataset = _dataset()
    dataset["x"][1, 90:] = np.nan
    dataset["x"][0, 50] = np.nan
    found = Recordings.from_xarray(dataset, time="t", positions=["x"], velocities=["v"], recording="run")
    assert [len(recording) for recording in found] == [100, 90]
    assert np.argwhere(~found[0].observed).tolist() == [[50, 0]]


def test_an_xarray_dataset_of_one_recording():
    dataset = _dataset().isel(run=0)
    found = Recordings.from_xarray(dataset, time="t", positions=["x"], momenta=["v"])
    np.testing.assert_array_equal(found[0].states[:, 0], dataset["x"])
    assert found.second_half == "momenta"


def test_a_further_dimension_is_refused():
    with pytest.raises(InputError, match="dataset: expected 'x' along 't'; received also 'run'; select"):
        Recordings.from_xarray(_dataset(), time="t", positions=["x"])


def test_an_xarray_dataset_without_a_variable_is_refused():
    with pytest.raises(InputError, match="dataset: expected the variable 'y'; received 'x', 'v', 'm', 'g', 't', 'run'"):
        Recordings.from_xarray(_dataset(), time="t", positions=["y"])


def test_arrays_of_positions_of_one_recording():
    columns = oscillation(noise=0.01)
    found = Recordings.from_positions(columns["t"], columns["x"], velocities=columns["v"], parameters=[2.0])
    np.testing.assert_array_equal(found[0].states, np.stack([columns["x"], columns["v"]], -1))
    assert (found.state_names, found[0].parameters.tolist()) == (("q", "v"), [2.0])


def test_arrays_of_positions_of_several_recordings():
    runs = [oscillation(count, noise=0.01, seed=count) for count in (100, 80)]
    positions = [np.stack([run["x"], run["v"]], -1) for run in runs]
    found = Recordings.from_positions(
        [run["t"] for run in runs],
        positions,
        inputs=[np.ones([100, 1]), np.ones([80, 1])],
        parameters=[[1.0], [2.0]],
        angles=[1],
        units={"time": "s"},
        masses=[1.0, 2.0],
    )
    assert [len(recording) for recording in found] == [100, 80]
    np.testing.assert_array_equal(found.joined("states")[:, :2], np.concatenate(positions))
    assert (found.state_names[:2], found.angles, found.masses) == (("q1", "q2"), (1,), (1.0, 2.0))
    assert (found.time_unit, found.state_units) == ("s", ("", "rad", "", "rad/s"))


def test_arrays_of_several_recordings_at_common_times():
    runs = [oscillation(100, noise=0.01, seed=seed) for seed in (0, 1)]
    positions = np.stack([run["x"][:, None] for run in runs])
    found = Recordings.from_positions(runs[0]["t"], positions, velocities=[run["v"] for run in runs])
    np.testing.assert_array_equal(found.stacked("states")[..., :1], positions)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"velocities": np.zeros([150])},
            r"velocities: expected \[200, 1\] numbers in recording 0; received \[150, 1\]",
        ),
        ({"angles": [1]}, "angles: expected indices of positions, 0 to 0"),
        ({"positions": [np.zeros(200), np.zeros(200)], "times": [np.arange(200.0)]}, "times: expected 2 arrays"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes, message):
    arguments = {"times": oscillation()["t"], "positions": oscillation()["x"]} | changes
    with pytest.raises(InputError, match=message):
        Recordings.from_positions(**arguments)
