"""Closed forms of whole trajectories take enough substeps, and say when a given number isn't enough."""

import numpy as np
import pytest
import tensorflow as tf
from damped_swings import FRICTION, swings

from hnn_tf import closed_form
from hnn_tf.numerics.substeps import IntegrationWarning


class _Swing:
    """H = w_1 (1 - cos q) + w_2 (1 - cos 2 q) / 2 + w_3 p^2 / 2."""

    coefficient_scales = np.full(3, 1e3)
    coefficients = None

    def feature_gradients(self, state):
        q, p = state[..., 0], state[..., 1]
        zero = tf.zeros_like(q)
        return tf.stack([tf.stack([tf.sin(q), tf.sin(2 * q), zero], -1), tf.stack([zero, zero, p], -1)], -2)

    def assign_coefficients(self, values):
        self.coefficients = values


def _misses(samples, **options):
    """The fit, and by how many standard errors its friction misses the truth."""
    found = closed_form.fit_trajectories(_Swing(), samples, friction=True, **options)
    std = float(found.posterior.covariance[-1, -1]) ** 0.5
    return found, (float(found.posterior.mean[-1]) - FRICTION) / std


@pytest.mark.slow
def test_the_friction_of_irregular_readings_is_within_its_error_bar(rng):
    found, miss = _misses(swings(rng, regular=False))
    assert found.converged
    assert found.substeps > 1
    assert found.integration_error < 0.1
    assert abs(miss) < 4  # one step an interval misses by 10


@pytest.mark.slow
def test_one_step_an_interval_is_said_where_it_damps(rng):
    with pytest.warns(IntegrationWarning, match="substeps=1: the integrator's error is too large beside the noise"):
        found, miss = _misses(swings(rng, regular=False), substeps=1)
    # What doubling is expected to do is what the truth needs, but for noise of 1 and for what is not linear.
    assert abs(miss) == pytest.approx(found.integration_error, abs=4, rel=0.5)


@pytest.mark.slow
def test_a_given_number_that_is_enough_is_used_in_silence(rng):
    found, _ = _misses(swings(rng, regular=False), substeps=8)  # warnings are errors here
    assert found.substeps == 8


@pytest.mark.slow
def test_readings_that_are_close_together_need_one_step(rng):
    found, _ = _misses(swings(rng, regular=True, noise_std=0.1, num_times=100))
    assert found.substeps == 1


@pytest.mark.parametrize("substeps", [0, 1.5])
def test_no_substeps_are_refused(rng, substeps):
    with pytest.raises(ValueError, match="substeps: expected an integer >= 1"):
        _misses(swings(rng, regular=True), substeps=substeps)


# Of 50 draws a true 95 % interval covers fewer than 41 with probability 1.6e-4 (binomial).
@pytest.mark.slow
@pytest.mark.parametrize("regular", [True, False], ids=["regular", "irregular"])
def test_the_interval_of_friction_covers_the_truth(regular):
    misses = [_misses(swings(np.random.default_rng(seed), regular=regular))[1] for seed in range(50)]
    assert np.sum(np.abs(misses) < 1.96) >= 41
