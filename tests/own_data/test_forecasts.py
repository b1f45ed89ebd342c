"""Forecasts: they begin where the known readings fit best, and are compared at observed readings only."""

import dataclasses

import known_spring
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.own_data.forecasts import forecast_states, mean_error, padded, squared_errors
from hnn_tf.own_data.held_out import Forecast


class Spring:
    """dq/dt = p, dp/dt = -q."""

    compute_dtype = "float64"

    def __call__(self, state):
        return tf.stack([state[..., 1], -state[..., 0]], -1)


@pytest.fixture(scope="module")
def forecasts():
    """Two forecasts of unequal length from noisy positions, of which later readings are far off."""
    found = []
    whole = known_spring.recordings((60, 45), noise_std=0.1, positions_only=True, missing=0.1)
    for recording, known in zip(whole, (30, 20), strict=True):
        states = recording.states.copy()
        states[known:] += 100.0
        found.append(Forecast(dataclasses.replace(recording, states=states), known))
    return found


@pytest.fixture(scope="module")
def states(forecasts):
    return forecast_states(Spring(), forecasts, noise_std=np.array([0.1, 0.1]), interpolation="zero_order_hold")


def test_forecasts_are_the_motion_from_the_state_that_fits_the_known_readings_best(forecasts, states):
    for forecast, path in zip(forecasts, states, strict=True):
        times, known = forecast.recording.times - forecast.recording.times[0], forecast.num_known
        seen = forecast.recording.observed[:known, 0]
        rows = np.stack([np.cos(times), np.sin(times)], -1)
        start = np.linalg.lstsq(rows[:known][seen], forecast.recording.states[:known, 0][seen], rcond=None)[0]
        assert path.shape == forecast.recording.states.shape
        # The integrator's error in the estimate of the start: steps of at most 0.1.
        np.testing.assert_allclose(path, known_spring.motion(times, start), atol=1e-4)


def test_errors_are_those_of_observed_predicted_readings(forecasts, states):
    variance = np.array([4.0, 1.0])
    for errors, forecast, path in zip(squared_errors(forecasts, states, variance), forecasts, states, strict=True):
        expected = [
            (path[k, i] - forecast.recording.states[k, i]) ** 2 / variance[i]
            for k in range(forecast.num_known, len(path))
            for i in range(2)
            if forecast.recording.observed[k, i]
        ]
        np.testing.assert_allclose(errors, expected)


def test_the_mean_error_is_that_of_all_readings():
    assert mean_error([np.array([1.0, 2.0]), np.array([6.0])]) == 3.0


@pytest.mark.parametrize("errors", [[], [np.zeros(0)], [np.array([1.0]), np.array([np.nan])], [np.array([np.inf])]])
def test_a_forecast_that_diverges_has_an_infinite_error(errors):
    assert mean_error(errors) == float("inf")


def test_shorter_recordings_repeat_their_last_reading_without_weight():
    whole = known_spring.recordings((5, 3))
    inputs = tuple(dataclasses.replace(each, inputs=each.states[:, :1], parameters=np.ones(1)) for each in whole)
    columns = padded(inputs, "zero_order_hold")
    np.testing.assert_array_equal(columns["states"][1], whole[1].states[[0, 1, 2, 2, 2]])
    np.testing.assert_array_equal(columns["inputs"][1, :, 0], whole[1].states[[0, 1, 2, 2, 2], 0])
    np.testing.assert_array_equal(columns["observed"][1, :, 0], [1, 1, 1, 0, 0])
    np.testing.assert_array_equal(columns["times"][:, 0], 0.0)
    np.testing.assert_array_equal(columns["parameters"], np.ones([2, 1]))
