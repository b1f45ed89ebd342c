"""Angles that were recorded within one turn become continuous, where their direction is certain."""

import numpy as np
import pytest
from measured_tables import prepare

TIMES = 0.1 * np.arange(300)


def _recordings(angles, times=TIMES, **roles):
    return prepare({"t": times, "a": angles}, positions=("a",), angles=("a",), **roles).recordings


@pytest.mark.parametrize(("turn", "unit"), [(2 * np.pi, "rad"), (360.0, "deg"), (1.0, "turn")])
@pytest.mark.parametrize("low", [0.0, -0.5])
def test_a_turning_angle_becomes_continuous(turn, unit, low):
    true = turn * (low + 0.1 * TIMES + 0.05 * np.sin(TIMES))
    found = _recordings((true - low * turn) % turn + low * turn, units=(f"a={unit}",))
    assert len(found) == 1
    np.testing.assert_allclose(found[0].states[:, 0], true, atol=1e-9 * turn)
    assert (found.angles, found.state_units[0]) == ((0,), unit)


def test_a_swing_stays_as_it_is():
    angles = 2.5 * np.sin(TIMES)
    np.testing.assert_array_equal(_recordings(angles)[0].states[:, 0], angles)


def test_a_continuous_angle_with_large_steps_stays_as_it_is():
    angles = 3.5 * TIMES / 0.1  # more than half a turn each, but far beyond one turn
    np.testing.assert_array_equal(_recordings(angles, units=("a=rad",))[0].states[:, 0], angles)


def test_an_uncertain_step_cuts_the_recording():
    # After 15 the angle turns by 0.4 of a turn in one interval, which may also be -0.6.
    true = 2 * np.pi * (0.1 * TIMES + 0.4 * (TIMES > 15))
    found = prepare({"t": TIMES, "a": true % (2 * np.pi)}, positions=("a",), angles=("a",))
    assert [len(recording) for recording in found.recordings] == [151, 149]
    assert {recording.name for recording in found.recordings} == {"run.csv"}
    assert found.report["recordings"][0]["uncertain_turns"] == 1
    assert any("turn too far between 1 pairs" in warning for warning in found.report["warnings"])


def test_a_gap_in_which_the_angle_turns_far_cuts_the_recording():
    # Half a second of 1 turn per second, after which the small step says nothing.
    kept = np.delete(np.arange(300), np.arange(150, 159))
    true = 2 * np.pi * TIMES
    times = TIMES[kept]
    found = _recordings(true[kept] % (2 * np.pi), times)
    assert [len(recording) for recording in found] == [150, 141]


def test_the_period_of_a_turning_angle_is_the_time_of_a_turn():
    true = 2 * np.pi * 0.2 * TIMES
    found = prepare({"t": TIMES, "a": true % (2 * np.pi)}, positions=("a",), angles=("a",))
    assert found.report["period"] == pytest.approx(5.0, rel=1e-6)
