"""The readings that are held out: nothing of them is learned."""

import dataclasses

import numpy as np
import pytest

from hnn_tf import InputError
from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings
from hnn_tf.own_data.held_out import decimated, split, thinned, usual_horizon

PERIOD = 2.0


def recordings(*lengths, names=None, step=0.1, gap=0.0):
    """Each reading has a number of its own as its position."""
    found, first, at = [], 0, 0.0
    for i, length in enumerate(lengths):
        numbers = np.arange(first, first + length, dtype=float)
        times = at + step * np.arange(length)
        found.append(Recording(times, np.stack([numbers, -numbers], -1), name=names[i] if names else f"run {i}"))
        first, at = first + length, times[-1] + step + gap
    return Recordings(tuple(found))


def ids(recording, start=0):
    return set(recording.states[start:, 0])


def held(forecasts):
    return set().union(*(ids(each.recording, each.num_known) for each in forecasts))


@pytest.mark.parametrize(
    ("lengths", "names"),
    [
        ([200], None),
        ([100, 60, 40], ["a", "a", "a"]),
        ([20, 170, 10], ["a", "a", "a"]),
        ([50, 50, 50], None),
        ([30, 40, 50, 60, 70], ["a", "b", "b", "c", "c"]),
    ],
)
@pytest.mark.parametrize("horizon", [1.5, 100.0])
def test_no_held_out_reading_is_learned(lengths, names, horizon):
    learned, forecasts = split(recordings(*lengths, names=names), 0.2, period=PERIOD, horizon=horizon)
    seen = set().union(*map(ids, learned))
    assert held(forecasts)
    assert not seen & held(forecasts)


@pytest.mark.parametrize(("names", "apart"), [(["a", "b", "c"], {"c"}), (["a", "a", "b"], {"b"})])
def test_the_last_runs_are_held_out_whole(names, apart):
    learned, forecasts = split(recordings(60, 60, 60, names=names), 0.2, period=PERIOD, horizon=3.0)
    assert {each.name for each in learned} == set(names) - apart
    assert {each.recording.name for each in forecasts} == apart


def test_the_end_of_a_single_run_is_held_out_behind_a_gap():
    learned, forecasts = split(recordings(200), 0.2, period=PERIOD, horizon=100.0)
    assert set().union(*map(ids, learned)) == set(range(159))
    assert held(forecasts) == set(range(160, 200))


def test_the_known_readings_of_a_single_run_are_its_last_learned_period():
    _, (forecast,) = split(recordings(200), 0.2, period=PERIOD, horizon=100.0)
    known = forecast.recording.states[: forecast.num_known, 0]
    # A period of 2 at steps of 0.1 has 21 readings with both ends.
    np.testing.assert_array_equal(known, np.arange(138, 159))
    assert (np.diff(forecast.recording.times) > 0).all()


def test_the_known_readings_of_a_held_out_run_are_its_first_period():
    _, (forecast,) = split(recordings(100, 100), 0.5, period=PERIOD, horizon=100.0)
    np.testing.assert_array_equal(forecast.recording.states[: forecast.num_known, 0], np.arange(100, 121))


def test_of_a_long_period_a_third_of_a_held_out_run_is_known():
    _, (forecast,) = split(recordings(90, 90), 0.5, period=50.0, horizon=100.0)
    assert forecast.num_known == 30


@pytest.mark.parametrize("lengths", [[600], [300, 300]])
def test_forecasts_are_at_most_as_long_as_the_horizon(lengths):
    _, forecasts = split(recordings(*lengths), 0.5, period=PERIOD, horizon=3.0)
    assert len(forecasts) > 1
    for each in forecasts:
        times = each.recording.times
        assert times[-1] - times[each.num_known - 1] <= 3.0 + 1e-9
        assert len(times) - each.num_known >= 3


def test_forecasts_of_one_run_follow_each_other():
    _, forecasts = split(recordings(300, 300), 0.5, period=PERIOD, horizon=3.0)
    for before, after in zip(forecasts[:-1], forecasts[1:], strict=True):
        assert not ids(before.recording, before.num_known) & ids(after.recording, after.num_known)


def test_many_forecasts_are_evenly_thinned():
    _, forecasts = split(recordings(100, 20_000), 0.5, period=PERIOD, horizon=3.0)
    assert len(forecasts) == 20
    assert forecasts[-1].recording.times[0] > 0.9 * forecasts[-1].recording.times[-1]


@pytest.mark.parametrize("lengths", [[12], [8, 7]])
def test_too_few_readings_are_refused(lengths):
    with pytest.raises(InputError, match="expected enough readings to hold some out; received"):
        split(recordings(*lengths), 0.2, period=PERIOD, horizon=1.0)


def test_inputs_and_what_was_observed_go_with_the_readings():
    one = recordings(200)[0]
    one = dataclasses.replace(one, inputs=one.states[:, :1] + 0.5, observed=one.states % 3 > 0)
    _, (forecast,) = split(Recordings((one,)), 0.2, period=PERIOD, horizon=100.0)
    found = forecast.recording
    np.testing.assert_array_equal(found.inputs, found.states[:, :1] + 0.5)
    np.testing.assert_array_equal(found.observed, found.states % 3 > 0)


@pytest.mark.parametrize(
    ("period", "length", "expected"), [(2.0, 500, 20.0), (2.0, 101, 10.0), (None, 101, 10.0), (20.0, 101, 20.0)]
)
def test_the_usual_horizon_is_ten_periods_or_the_recordings_length(period, length, expected):
    assert usual_horizon(recordings(length), period) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("lengths", "most"),
    [([10_000], 4000), ([50] * 100, 4000), ([20, 5000, 20], 400), ([401] * 10, 4000), ([50, 900] * 20, 4000)],
)
def test_thinned_recordings_are_neighbouring_readings_about_as_many_as_asked(lengths, most):
    found = thinned(recordings(*lengths), most)
    numbers = found.joined("states")[:, 0]
    assert (np.diff(numbers) > 0).all()
    assert abs(len(numbers) - most) <= 400  # a stretch
    for each in found:
        np.testing.assert_array_equal(np.diff(each.states[:, 0]), 1.0)
        np.testing.assert_allclose(np.diff(each.times), 0.1, rtol=1e-6)


def test_stretches_are_of_all_parts_of_a_recording():
    numbers = thinned(recordings(40_000), 4000).joined("states")[:, 0]
    np.testing.assert_array_equal(np.histogram(numbers, 5, (0, 40_000))[0], 800)


def test_few_readings_are_not_thinned():
    whole = recordings(100, 200)
    assert thinned(whole, 4000) is whole
    assert decimated(whole, most=4000, period=2.0) is whole


@pytest.mark.parametrize(("most", "stride"), [(4000, 10), (100_000, 2)])
def test_dense_readings_are_left_out_evenly(most, stride):
    whole = recordings(8000, step=0.002)  # 1010 in a period
    found = decimated(whole, most=most, period=2.02)
    np.testing.assert_array_equal(found.joined("states")[:, 0], np.arange(0, 8000, stride))
    np.testing.assert_array_equal(found.joined("times"), whole[0].times[::stride])


def test_dense_readings_with_inputs_or_of_an_unknown_period_are_kept():
    one = recordings(3000, step=0.002)[0]
    whole = Recordings((dataclasses.replace(one, inputs=one.states[:, :1]),))
    assert decimated(whole, most=800, period=2.0) is whole
    assert decimated(Recordings((one,)), most=800, period=None)[0] is one
