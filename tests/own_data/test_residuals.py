"""Residuals: white noise is found to be white, and correlated noise widens error bars."""

import numpy as np
import pytest

from hnn_tf.own_data.residuals import MOST_LAGS, residuals_of


def residuals(*values, seen=None):
    values = [np.asarray(each) for each in values]
    times = [0.1 * np.arange(len(each)) for each in values]
    seen = [np.ones(len(each), bool) for each in values] if seen is None else seen
    return residuals_of("x", times, values, seen)


def correlated(rng, count, factor):
    """A process in which each value is a part of the one before, plus noise."""
    values = rng.normal(size=count)
    for k in range(1, count):
        values[k] += factor * values[k - 1]
    return values


def test_white_noise_is_white_in_most_draws(rng):
    white = [residuals(rng.normal(size=300), rng.normal(size=50)).is_white for _ in range(300)]
    # At the 99.9 % quantile, more than 4 of 300 are found with a probability of 3e-5.
    assert sum(white) >= 296


def test_correlated_noise_is_not_white(rng):
    assert not any(residuals(correlated(rng, 300, 0.5)).is_white for _ in range(100))


def test_a_slow_rest_of_the_motion_is_not_white(rng):
    assert not residuals(rng.normal(size=400) + np.sin(np.arange(400) / 10)).is_white


def test_error_bars_of_white_noise_are_not_widened(rng):
    assert residuals(rng.normal(size=300)).inflation == 1.0


def test_error_bars_are_widened_as_those_of_a_mean_of_correlated_values(rng):
    found = np.mean([residuals(correlated(rng, 2000, 0.6)).inflation for _ in range(20)])
    # The exact factor is sqrt((1 + 0.6) / (1 - 0.6)) = 2; small correlations are not counted.
    assert 1.75 < found < 2.1


def test_numbers_that_were_not_observed_are_left_out(rng):
    values = rng.normal(size=100)
    seen = rng.uniform(size=100) > 0.3
    found = residuals(np.where(seen, values, 1e9), seen=[seen])
    np.testing.assert_array_equal(found.values, values[seen])
    np.testing.assert_array_equal(found.times, 0.1 * np.flatnonzero(seen))
    assert found.std == pytest.approx(np.std(values[seen]))


def test_autocorrelations_are_within_recordings_only(rng):
    one, two = rng.normal(size=60), rng.normal(size=40)
    found, every = residuals(one, two), np.concatenate([one, two])
    expected = [
        sum(np.sum((part[lag:] - every.mean()) * (part[:-lag] - every.mean())) for part in (one, two))
        / np.sum((every - every.mean()) ** 2)
        for lag in range(1, MOST_LAGS + 1)
    ]
    np.testing.assert_allclose(found.autocorrelation, expected, rtol=1e-9)
    assert found.bound == pytest.approx(0.196)


@pytest.mark.parametrize("count", [1, 5, 8])
def test_few_residuals_have_finite_numbers(count, rng):
    found = residuals(rng.normal(size=count))
    assert np.isfinite(found.autocorrelation).all()
    assert found.inflation >= 1.0


def test_residuals_of_zero_are_white():
    assert residuals(np.zeros(50)).is_white
