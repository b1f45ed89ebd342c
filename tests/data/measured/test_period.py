"""The period and the noise of a column."""

import numpy as np
import pytest

from hnn_tf.data.measured.period import noise_level, period

TIMES = 0.05 * np.arange(1000)


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.3])
def test_the_period_of_an_oscillation(noise):
    values = 3 + np.sin(2 * np.pi * TIMES / 7) + noise * np.random.default_rng(0).normal(size=1000)
    assert period(TIMES, values) == pytest.approx(7.0, rel=0.05)


def test_the_period_of_irregular_readings_with_missing_values():
    rng = np.random.default_rng(0)
    times = np.sort(rng.uniform(0, 50, 600))
    values = np.where(rng.uniform(size=600) < 0.1, np.nan, np.sin(2 * np.pi * times / 7))
    assert period(times, values) == pytest.approx(7.0, rel=0.02)


def test_the_period_of_a_decaying_oscillation():
    assert period(TIMES, np.exp(-0.05 * TIMES) * np.cos(2 * np.pi * TIMES / 4)) == pytest.approx(4.0, rel=0.02)


def test_less_than_a_period_has_no_period():
    assert period(TIMES, np.sin(2 * np.pi * TIMES / 80)) is None
    assert period(TIMES, TIMES**2) is None


def test_a_constant_has_no_period():
    assert period(TIMES, np.ones(1000)) is None


@pytest.mark.parametrize("sign", [1, -1])
def test_a_turning_angle_has_the_time_of_a_turn(sign):
    assert period(TIMES, sign * TIMES, turn=2 * np.pi) == pytest.approx(2 * np.pi)


def test_a_swing_has_its_own_period_although_it_is_an_angle():
    assert period(TIMES, 3 * np.sin(2 * np.pi * TIMES / 7), turn=2 * np.pi) == pytest.approx(7.0, rel=0.01)


def test_the_noise_of_a_smooth_motion():
    noise = 0.01 * np.random.default_rng(0).normal(size=1000)
    # A median of 1000 numbers is about 4 % off.
    assert noise_level(np.sin(TIMES) + noise) == pytest.approx(0.01, rel=0.12)
    assert noise_level(np.sin(TIMES)) < 1e-4
