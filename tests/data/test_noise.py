"""Measurement noise."""

import numpy as np
import pytest

from hnn_tf.data import add_gaussian_noise


def test_noise_is_gaussian_of_the_given_width(rng):
    noise = add_gaussian_noise(np.zeros([20_000, 2]), rng, std=0.3) / 0.3
    # 40 000 draws: moments 0, 1, 0, 3 are known to sqrt(1, 2, 15, 96) / 200; four sigma each.
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert np.mean(noise**power) == pytest.approx(moment, abs=4 * variance**0.5 / 200)


def test_noise_of_neighbours_is_independent(rng):
    noise = add_gaussian_noise(np.zeros([20_000, 2]), rng, std=1.0)
    # The correlation of 20 000 pairs is 0 to 1 / sqrt(20 000) = 0.007; four sigma.
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.028
    assert abs(np.corrcoef(noise[:-1, 0], noise[1:, 0])[0, 1]) < 0.028


def test_the_states_are_left_as_they_were(rng):
    states = np.ones([4, 2])
    assert add_gaussian_noise(states, rng, std=0.1) is not states
    np.testing.assert_array_equal(states, 1)


def test_no_noise_changes_nothing(rng):
    states = rng.normal(size=[4, 2])
    np.testing.assert_array_equal(add_gaussian_noise(states, rng, std=0.0), states)


def test_the_same_rng_gives_the_same_noise():
    first, second = (add_gaussian_noise(np.zeros([4, 2]), np.random.default_rng(7), std=1.0) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("std", [-0.1, float("nan"), float("inf")])
def test_an_unusable_width_is_refused(rng, std):
    with pytest.raises(ValueError, match="expected a finite number >= 0"):
        add_gaussian_noise(np.zeros([4, 2]), rng, std=std)
