"""Small triangular systems and Cholesky factors, against NumPy's."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.numerics.triangular import back_substitution, cholesky_factor, forward_substitution


@pytest.mark.parametrize("n", [1, 2, 5])
def test_solves_what_numpy_solves(n, rng):
    factor = np.tril(rng.normal(size=[7, n, n]), -1) + np.eye(n) * rng.uniform(0.5, 2.0, [7, n, 1])
    right = rng.normal(size=[7, n])
    # The condition numbers are below 1e4, so that of 1e-16 at most 1e-12 is left.
    expected = np.linalg.solve(factor, right[..., np.newaxis])[..., 0]
    np.testing.assert_allclose(forward_substitution(tf.constant(factor), tf.constant(right)), expected, rtol=1e-10)
    expected = np.linalg.solve(factor.swapaxes(1, 2), right[..., np.newaxis])[..., 0]
    np.testing.assert_allclose(back_substitution(tf.constant(factor), tf.constant(right)), expected, rtol=1e-10)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_cholesky_factor_is_numpys(n, rng):
    root = rng.normal(size=[7, n, n])
    matrix = root @ root.swapaxes(1, 2) + np.eye(n)
    # The condition numbers are below 1e3, so that of 1e-16 at most 1e-13 is left.
    np.testing.assert_allclose(cholesky_factor(tf.constant(matrix)), np.linalg.cholesky(matrix), rtol=1e-11, atol=1e-12)


def test_a_matrix_that_is_not_positive_definite_has_no_cholesky_factor():
    assert np.isnan(cholesky_factor(tf.constant([[1.0, 2.0], [2.0, 1.0]])).numpy()).any()
