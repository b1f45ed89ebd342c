"""Recordings of unequal lengths and own times: what they take, refuse, and give the objectives."""

import dataclasses

import numpy as np
import pytest

from hnn_tf import InputError, InputWarning, data, objectives, rollout_at_times, systems
from hnn_tf.data import Recording, Recordings
from hnn_tf.evaluation import evaluation_rollout


def _unequal(rng, lengths=(5, 9, 7), **parts):
    times = [np.cumsum(rng.uniform(0.1, 0.3, length)) for length in lengths]
    states = [rng.normal(size=[length, 2]) for length in lengths]
    return Recordings.from_arrays(times, states, **parts)


@pytest.fixture
def trajectories(rng):
    starts = data.sample_on_radius(rng, 4, radius=(0.5, 1.0))
    return data.generate_trajectories(systems.MassSpring(), starts, np.linspace(0, 2, 90), noise_std=0.1, rng=rng)


def test_objectives_make_the_columns_that_trajectories_make(trajectories):
    recordings = Recordings.from_trajectories(trajectories)
    whole = trajectories.trajectory_samples(num_segments=2)  # 90 readings, some 40 in each
    expected = {
        objectives.DerivativeMatching: trajectories.observed_samples(),
        objectives.OneStep: trajectories.transition_samples(),
        objectives.TrajectoryMatching: whole,
        objectives.CombinedMatching: whole,
        objectives.WeakForm: whole,
    }
    for kind, columns in expected.items():
        samples = kind().samples_of(recordings)
        assert set(samples) == set(kind.columns)
        for name, column in samples.items():
            np.testing.assert_array_equal(column, columns[name], err_msg=f"{kind.name}, {name}")


def test_no_transition_leads_from_one_recording_to_the_next(rng):
    recordings = _unequal(rng)
    samples = objectives.OneStep().samples_of(recordings)
    assert len(samples["state"]) == 4 + 8 + 6
    np.testing.assert_array_equal(samples["state"][3:5], [recordings[0].states[3], recordings[1].states[0]])
    np.testing.assert_array_equal(samples["next_state"][3:5], [recordings[0].states[4], recordings[1].states[1]])
    np.testing.assert_array_equal(samples["time_step"][3, 0], recordings[0].times[4] - recordings[0].times[3])


def test_windows_are_of_the_shortest_recordings_length_and_say_what_they_drop(rng):
    recordings = _unequal(rng)
    with pytest.warns(InputWarning, match="recordings: 2 of 21 readings are unused, in no window of 5") as said:
        windows = recordings.windows()
    assert said[0].filename == __file__
    assert [len(window) for window in windows] == [5, 5, 5, 5]
    # Two of the second recording, which share a reading; the third keeps its first five.
    np.testing.assert_array_equal(windows[1].states[-1], windows[2].states[0])
    np.testing.assert_array_equal(windows[2].times, recordings[1].times[4:])
    np.testing.assert_array_equal(windows[3].times, recordings[2].times[:5])


def test_one_short_recording_does_not_shorten_all_windows(rng):
    recordings = _unequal(rng, lengths=(40, 40, 3, 40))
    with pytest.warns(InputWarning, match="recordings: 3 of 123 readings are unused, in no window of 40"):
        assert [len(window) for window in recordings.windows()] == [40, 40, 40]


def test_recordings_of_equal_length_are_their_own_windows(rng):
    recordings = _unequal(rng, lengths=(6, 6))
    assert [w.times.tolist() for w in recordings.windows()] == [r.times.tolist() for r in recordings]


@pytest.mark.parametrize("length", [1, 6])
def test_windows_longer_than_a_recording_are_refused(rng, length):
    with pytest.raises(InputError, match="length: expected from 2 to 5, the readings of the shortest recording"):
        _unequal(rng).windows(length)


def test_whole_recordings_are_held_out(rng):
    recordings = _unequal(rng, lengths=(3, 4, 5, 6))
    train, held_out = recordings.hold_out(0.25)
    assert [len(each) for each in train] == [3, 4, 5]
    assert [len(each) for each in held_out] == [6]


def test_a_single_recording_is_split_in_time_with_a_reading_between(rng):
    (recording,) = recordings = _unequal(rng, lengths=(10,), inputs=[rng.normal(size=[10, 1])])
    train, held_out = recordings.hold_out(0.3)
    np.testing.assert_array_equal(train[0].times, recording.times[:6])
    np.testing.assert_array_equal(held_out[0].times, recording.times[7:])
    np.testing.assert_array_equal(held_out[0].inputs, recording.inputs[7:])


@pytest.mark.parametrize("lengths", [(4, 4), (10,)])
@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.5])
def test_a_split_with_an_empty_part_is_refused(rng, lengths, fraction):
    with pytest.raises(InputError, match="fraction: expected a split"):
        _unequal(rng, lengths=lengths).hold_out(fraction)


def test_a_single_recording_and_lists_are_taken():
    recordings = Recordings.from_arrays([0, 1, 2], [[0, 1], [1, 0], [0, -1]], inputs=[[1], [2], [3]], parameters=[7])
    assert len(recordings) == 1
    assert recordings[0].inputs.shape == (3, 1)
    assert recordings[0].parameters.tolist() == [7.0]
    assert (recordings.state_names, recordings.state_units) == (("q", "p"), ("", ""))
    assert Recordings.from_arrays([0, 1], np.zeros([2, 4])).state_names == ("q1", "q2", "p1", "p2")


TABLE = {
    "run": ["a", "b", "a", "b", "a", "b"],
    "t": [0.0, 0.0, 2.0, 1.5, 1.0, 0.5],
    "x": [1.0, 10.0, 3.0, 30.0, 2.0, 20.0],
    "v": [4.0, 40.0, 6.0, 60.0, 5.0, 50.0],
    "u": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    "m": [1.0, 2.0, 1.0, 2.0, 1.0, 2.0],
    "gap": [1.0, 2.0, 1.0, 2.0, np.nan, np.nan],
}
COLUMNS = {"time": "t", "positions": ["x"], "momenta": ["v"], "recording": "run"}


def test_a_table_has_a_row_for_each_reading():
    recordings = Recordings.from_pandas(TABLE, **COLUMNS, inputs=["u"], parameters=["m"], angles=["x"], time_unit="s")
    first, second = recordings
    assert first.times.tolist() == [0.0, 1.0, 2.0]  # in the order of time
    assert first.states.tolist() == [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]
    assert second.inputs[:, 0].tolist() == [0.2, 0.6, 0.4]
    assert [each.parameters.tolist() for each in recordings] == [[1.0], [2.0]]
    assert (recordings.state_names, recordings.angles, recordings.time_unit) == (("x", "v"), (0,), "s")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"time": "time"}, "table: expected the column 'time'; received run, t, x, v, u, m, gap"),
        ({"momenta": ["v", "u"]}, "momenta: expected one column for each of"),
        ({"angles": ["v"]}, "angles: expected some of the positions"),
        ({"parameters": ["u"]}, "'u': expected one value in recording 'a'; received several"),
        ({"recording": None}, "recording 0: expected increasing times"),
        ({"recording": "gap"}, "table: expected a value of 'gap' in each row; received 2 rows without value"),
        ({"inputs": ["run"]}, "column 'run': expected numbers"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(changes, message):
    with pytest.raises(InputError, match=message):
        Recordings.from_pandas(TABLE, **COLUMNS | changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"states": np.zeros([3, 3])}, r"recording 1: expected states \[T, 2n\]"),
        ({"states": np.zeros([0, 2])}, r"recording 1: expected states \[T, 2n\]"),
        ({"states": np.zeros([3, 4])}, "recording 1: expected states of the same width as"),
        ({"states": np.zeros([2, 2])}, "recording 1: expected times for each of the 2 states; received 3"),
        ({"states": np.full([3, 2], np.nan)}, "recording 1: expected finite states"),
        ({"times": np.array([0.0, 1.0, 1.0])}, "recording 1: expected increasing times"),
        ({"time_derivatives": np.zeros([3, 4])}, "recording 1: expected time_derivatives of the same width as"),
        ({"time_derivatives": None}, "recording 1: expected time_derivatives in all recordings, or in no recording"),
        ({"inputs": np.zeros([3, 1])}, "recording 1: expected inputs in all recordings, or in no recording"),
    ],
)
def test_a_recording_that_does_not_fit_is_named(changes, message):
    good = Recording(np.arange(3.0), np.zeros([3, 2]), time_derivatives=np.zeros([3, 2]))
    with pytest.raises(InputError, match=message):
        Recordings((good, dataclasses.replace(good, **changes)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"recordings": ()}, "recordings: expected at least one"),
        ({"angles": (1,)}, "angles: expected indices of positions, 0 to 0"),
        ({"state_names": ("x",)}, "state_names: expected 2 texts, one for each number of a state; received 1"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(arguments, message):
    good = Recording(np.arange(3.0), np.zeros([3, 2]))
    with pytest.raises(InputError, match=message):
        Recordings(**{"recordings": (good,)} | arguments)


def test_lists_of_different_numbers_are_refused():
    with pytest.raises(InputError, match="times: expected 2 arrays, one for each recording; received 1"):
        Recordings.from_arrays([[0.0, 1.0]], np.zeros([2, 2, 2]))


@pytest.mark.parametrize("kind", [objectives.DerivativeMatching, objectives.CombinedMatching])
def test_derivatives_that_are_not_there_are_asked_for(rng, kind):
    with pytest.raises(InputError, match="recordings: expected time_derivatives; received recordings without"):
        kind().samples_of(_unequal(rng, lengths=(5, 5)))


# The objectives of forces need other recordings; see test_dynamics_matching.py.
@pytest.mark.parametrize("kind", sorted(n for n, kind in objectives.OBJECTIVES.items() if not kind.sees_velocities))
def test_objectives_do_not_drop_what_they_cannot_use(kind, rng):
    states = rng.normal(size=[2, 5, 2])
    recordings = Recordings.from_arrays(np.arange(5.0), states, time_derivatives=states, parameters=np.zeros([2, 1]))
    assert objectives.OBJECTIVES[kind]().samples_of(recordings)["parameters"].shape[-1] == 1


def test_inputs_have_names_units_and_an_interpolation(rng):
    states, inputs = rng.normal(size=[2, 5, 2]), rng.normal(size=[2, 5, 3])
    recordings = Recordings.from_arrays(np.arange(5.0), states, inputs=inputs)
    assert (recordings.num_inputs, recordings.input_names) == (3, ("u1", "u2", "u3"))
    assert (recordings.input_units, recordings.input_interpolation) == (("", "", ""), "zero_order_hold")
    assert Recordings.from_arrays(np.arange(5.0), states).num_inputs == 0
    for description, message in (
        ({"input_names": ["u"]}, "input_names: expected 3 texts, one for each number of the inputs; received 1"),
        ({"input_interpolation": "cubic"}, "input_interpolation: expected one of zero_order_hold, linear"),
    ):
        with pytest.raises(InputError, match=message):
            Recordings.from_arrays(np.arange(5.0), states, inputs=inputs, **description)
    with pytest.raises(InputError, match=r"recording 0: expected inputs \[T, m\]; received shape \(5,\)"):
        Recordings.from_arrays(np.arange(5.0), states, inputs=inputs[..., 0])


@pytest.mark.slow
@pytest.mark.parametrize("interpolation", ["zero_order_hold", "linear"])
def test_recordings_of_a_driven_system_are_followed_by_every_rollout(interpolation, rng):
    system, times = systems.DrivenPendulum(damping=0.3), np.linspace(0.0, 1.0, 11)
    given = {"inputs": rng.normal(size=[3, 11, 1]), "input_interpolation": interpolation}
    recordings = Recordings.from_trajectories(
        data.generate_trajectories(system, rng.normal(size=[3, 2]), times, **given)
    )
    assert recordings.input_interpolation == interpolation
    np.testing.assert_array_equal(recordings.stacked("inputs"), given["inputs"])
    states = recordings.stacked("states")
    np.testing.assert_array_equal(evaluation_rollout(system, states[:, 0], times, **given), states)
    # The step of 0.05 is short beside the period of 2 s, so the error of rk8 is some roundings of numbers of order 1.
    path = rollout_at_times(system, states[:, 0], times, substeps=2, integrator="rk8", **given)
    np.testing.assert_allclose(path, states, rtol=0, atol=1e-11)


def test_ragged_numbers_are_refused():
    with pytest.raises(InputError, match="states: expected numbers in lists of equal length"):
        Recordings.from_arrays([0, 1], [[[0, 1], [1]]])
