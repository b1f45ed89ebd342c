"""The distances of rollouts from recordings."""

import dataclasses

import numpy as np
import pytest

from hnn_tf.data import Recordings
from hnn_tf.evaluation.recording_scores import scores

THETA = [[1.0, 1.0], [2.0, 3.0], [1.5, 3.1], [0.9, 2.0]]
RANGES = (np.array([1.0, 1.0]), np.array([2.0, 3.0]))  # the last two are outside, each by one parameter


@pytest.fixture
def recordings(rng):
    return Recordings.from_arrays(np.arange(5.0), rng.normal(size=[4, 5, 2]), parameters=THETA)


def test_parameters_within_and_beyond_the_trained_ranges_have_their_own_distances(recordings):
    paths = [each.states + shift for each, shift in zip(recordings, (0.1, 0.2, 0.3, 0.4), strict=True)]
    found = scores(recordings, paths, trained=RANGES)
    # The squares of the shifts, with some roundings.
    assert found["interpolation_coordinate_mse"] == pytest.approx(np.mean([0.1**2, 0.2**2]), rel=1e-12)
    assert found["extrapolation_coordinate_mse"] == pytest.approx(np.mean([0.3**2, 0.4**2]), rel=1e-12)
    assert found["coordinate_mse"] == pytest.approx(np.mean([0.1**2, 0.2**2, 0.3**2, 0.4**2]), rel=1e-12)


def test_a_distance_of_no_recording_is_left_out(recordings):
    paths = [each.states for each in recordings]
    assert "extrapolation_coordinate_mse" not in scores(recordings[:2], paths[:2], trained=RANGES)
    assert "interpolation_coordinate_mse" not in scores(recordings[2:], paths[2:], trained=RANGES)
    assert set(scores(recordings, paths)) == {"coordinate_mse", "valid_prediction_time"}


def test_the_true_states_count_if_they_are_known(recordings):
    states = [each.states for each in recordings]
    known = tuple(dataclasses.replace(each, true_states=each.states + 1.0) for each in recordings)
    found = scores(dataclasses.replace(recordings, recordings=known), states)
    assert found["coordinate_mse"] == pytest.approx(1.0, rel=1e-12)
