"""Accelerations from positions and velocities."""

import numpy as np
import pytest

from hnn_tf.closed_form.joint_derivatives import joint_accelerations


@pytest.mark.parametrize("length", [5, 8])
def test_polynomials_of_the_degree_are_exact(length, rng):
    times = np.cumsum(rng.uniform(0.5, 1.5, [3, length]), 1)
    polynomial = np.polynomial.Polynomial(rng.normal(size=6), domain=[0, 10], window=[-1, 1])
    states = np.stack([polynomial(times), polynomial.deriv(1)(times)], -1)
    expected = polynomial.deriv(2)(times)[..., np.newaxis]
    for degree in (5, 9):
        # Ten numbers determine ten coefficients, with a condition number of some 1e5 at these irregular times.
        np.testing.assert_allclose(joint_accelerations(times, states, degree), expected, atol=1e-8)


def test_error_falls_with_the_order_of_the_degree():
    errors = []
    for step in (0.2, 0.1):
        times = np.arange(5)[np.newaxis] * step
        states = np.stack([np.sin(3 * times), 3 * np.cos(3 * times)], -1)
        found = joint_accelerations(times, states, 9)
        errors.append(np.abs(found[..., 0] + 9 * np.sin(3 * times)).max())
    assert errors[1] < errors[0] / 100  # 2^8 = 256


def test_degrees_that_the_readings_do_not_determine_are_refused():
    with pytest.raises(ValueError, match="degree: expected 2 to 5; received 9"):
        joint_accelerations(np.arange(3.0)[np.newaxis], np.zeros([1, 3, 2]), 9)
