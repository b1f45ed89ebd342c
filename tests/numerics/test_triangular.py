"""Small triangular systems, against NumPy's solvers."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.numerics.triangular import back_substitution, forward_substitution


@pytest.mark.parametrize("n", [1, 2, 5])
def test_solves_what_numpy_solves(n, rng):
    factor = np.tril(rng.normal(size=[7, n, n]), -1) + np.eye(n) * rng.uniform(0.5, 2.0, [7, n, 1])
    right = rng.normal(size=[7, n])
    # The condition numbers are below 1e4, so that of 1e-16 at most 1e-12 is left.
    expected = np.linalg.solve(factor, right[..., np.newaxis])[..., 0]
    np.testing.assert_allclose(forward_substitution(tf.constant(factor), tf.constant(right)), expected, rtol=1e-10)
    expected = np.linalg.solve(factor.swapaxes(1, 2), right[..., np.newaxis])[..., 0]
    np.testing.assert_allclose(back_substitution(tf.constant(factor), tf.constant(right)), expected, rtol=1e-10)
