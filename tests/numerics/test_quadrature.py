"""Integrals between samples: exact for parabolas, of their order otherwise, and no noisier than they must be."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.numerics.quadrature import interval_integrals


def _integrals(times, values):
    return interval_integrals(tf.constant(times), tf.constant(values)).numpy()


def _weights(times):
    """The integral over all intervals as weights of the samples, `[T]`."""
    return _integrals(times, np.eye(len(times))).sum(0)


def test_parabolas_are_integrated_exactly_at_irregular_times(rng):
    times = np.cumsum(rng.uniform(0.1, 0.3, 9))
    values = np.stack([np.ones(9), times, times**2], -1)
    expected = np.diff(np.stack([times, times**2 / 2, times**3 / 3], -1), axis=0)
    np.testing.assert_allclose(_integrals(times, values), expected, rtol=1e-11)  # roundings, over differences of times


@pytest.mark.parametrize("clock", [lambda s: s, lambda s: s + np.sin(2 * s) / 4], ids=["regular", "smooth"])
def test_running_sums_of_integrals_are_of_fourth_order(clock):
    errors = []
    for count in (129, 257):
        times = clock(np.linspace(0.0, 3.0, count))
        sums = np.cumsum(_integrals(times, np.cos(2 * times)[:, np.newaxis])[:, 0])
        errors.append(np.sqrt(np.mean((sums - np.diff(np.sin(2 * times)).cumsum() / 2) ** 2)))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.1)  # 0.1: the next term


def test_gaps_and_near_repeats_of_times_do_not_amplify_noise(rng):
    for _ in range(50):
        times = np.sort(rng.uniform(0.0, 3.0, 30))
        trapezoid = np.convolve(np.diff(times), [0.5, 0.5])
        # Each interval's correction has no more noise than its trapezoid, and an interval overlaps two others.
        assert np.linalg.norm(_weights(times)) < 3 * np.linalg.norm(trapezoid)


def test_every_trajectory_has_its_own_times(rng):
    times, values = np.cumsum(rng.uniform(0.1, 0.3, [2, 6]), 1), rng.normal(size=[2, 6, 4])
    expected = [_integrals(t, v) for t, v in zip(times, values, strict=True)]
    np.testing.assert_array_equal(_integrals(times, values), expected)


@pytest.mark.parametrize("third", [1.0, 0.5])
def test_times_that_do_not_increase_give_nan(third):
    assert np.isnan(_integrals(np.array([0.0, 1.0, third, 2.0]), np.ones([4, 1]))[1]).all()
