"""The column `observed`: numbers that were not observed have no influence on objectives."""

import known_spring
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.objectives import TrajectoryMatching
from hnn_tf.objectives.initial_states import estimate_initial_states
from hnn_tf.objectives.sample_columns import mean_weights

GUESS = np.array([0.0, 7.0])


def spring(state):
    """dq/dt = p, dp/dt = -q."""
    return tf.stack([state[..., 1], -state[..., 0]], -1)


@pytest.fixture
def samples(rng):
    """Two trajectories in which momenta, and some positions, were not observed."""
    times = np.tile(np.linspace(0.0, 3.0, 16), [2, 1])
    states = np.stack([known_spring.motion(row, start) for row, start in zip(times, [(1, 0), (0.5, 1)], strict=True)])
    seen = np.zeros(states.shape)
    seen[..., 0] = rng.uniform(size=times.shape) > 0.2
    return {
        "times": times,
        "states": np.where(seen > 0, states + 0.1 * rng.normal(size=states.shape), GUESS),
        "initial_state": states[:, :1] + 0.1,
        "observed": mean_weights(seen),
    }


def naive_loss(samples, sigma=1.0):
    """The mean squared difference at the observed numbers alone."""
    total, count = 0.0, 0
    for times, states, start, weights in zip(
        *(samples[k] for k in ("times", "states", "initial_state", "observed")), strict=True
    ):
        path = known_spring.motion(times, start[0])
        for k in range(len(times)):
            for i in range(2):
                if weights[k, i] > 0:
                    total, count = total + ((path[k, i] - states[k, i]) / sigma) ** 2, count + 1
    return total / count


def test_weights_have_the_mean_1_and_keep_zeros(rng):
    seen = rng.uniform(size=[5, 7, 2]) > 0.3
    weights = mean_weights(seen)
    assert np.mean(weights) == pytest.approx(1.0)
    np.testing.assert_array_equal(weights == 0, ~seen)


def test_the_loss_is_the_mean_over_observed_numbers(samples):
    objective = TrajectoryMatching(substeps=8, noise_std=0.1)
    found = float(objective.loss(spring, {name: tf.constant(column) for name, column in samples.items()}))
    # The integrator's error, with steps of 0.025.
    assert found == pytest.approx(naive_loss(samples, 0.1), rel=1e-6)


def test_initial_states_fit_the_observed_numbers_alone(samples):
    found = estimate_initial_states(spring, TrajectoryMatching(substeps=4), samples)[:, 0]
    for times, states, weights, start in zip(
        *(samples[k] for k in ("times", "states", "observed")), found, strict=True
    ):
        seen = weights[:, 0] > 0
        rows = np.stack([np.cos(times), np.sin(times)], -1)[seen]
        expected = np.linalg.lstsq(rows, states[seen, 0], rcond=None)[0]
        np.testing.assert_allclose(start, expected, atol=1e-5)  # the integrator's error


@pytest.mark.slow
def test_the_integration_error_is_relative_to_the_residuals_of_observed_numbers(samples):
    objective = TrajectoryMatching(substeps=1)
    found = objective.integration_error(spring, samples)
    changed = {**samples, "states": np.where(samples["observed"] > 0, samples["states"], 1e6)}
    assert 0 < found < float("inf")
    assert objective.integration_error(spring, changed) == pytest.approx(found, rel=1e-9)


def test_samples_of_recordings_have_the_weights_of_what_was_observed():
    recordings = known_spring.recordings((20, 20), positions_only=True)
    columns = TrajectoryMatching(segments=2).samples_of(recordings)
    np.testing.assert_array_equal(columns["observed"], np.tile([2.0, 0.0], [2, 20, 1]))
    assert "observed" in TrajectoryMatching().columns_in(columns)


def test_samples_of_complete_recordings_have_no_weights():
    assert "observed" not in TrajectoryMatching(segments=2).samples_of(known_spring.recordings((20, 20)))
