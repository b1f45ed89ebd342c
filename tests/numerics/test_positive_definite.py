"""Small positive definite systems, against NumPy's solvers; and the NaN of those that are not positive definite."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.numerics.positive_definite import cholesky_factor, solve_positive_definite


@pytest.mark.parametrize("n", [1, 2, 5])
def test_solves_what_numpy_solves(n, rng):
    root, right = rng.normal(size=[7, n, n]), rng.normal(size=[7, n])
    matrix = root @ root.swapaxes(1, 2) + np.eye(n)
    # The condition numbers are below 1e3, so that of 1e-16 at most 1e-12 is left.
    np.testing.assert_allclose(cholesky_factor(tf.constant(matrix)), np.linalg.cholesky(matrix), atol=1e-12)
    expected = np.linalg.solve(matrix, right[..., np.newaxis])[..., 0]
    np.testing.assert_allclose(solve_positive_definite(tf.constant(matrix), tf.constant(right)), expected, rtol=1e-10)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_solution_is_nan_if_the_matrix_is_not_positive_definite(dtype, rng):
    root = rng.normal(size=[3, 1])
    matrices = [
        np.eye(3),
        np.diag([1.0, -1.0, 1.0]),
        -np.eye(3),
        np.zeros([3, 3]),
        root @ root.T,  # rank 1: the pivots that are 0 are rounding errors in this precision
        np.diag([1.0, 1.0, np.nan]),
        np.diag([1e6, 1.0, 1e-6]),
    ]
    right = tf.ones([len(matrices), 3], dtype)
    found = solve_positive_definite(tf.constant(np.stack(matrices), dtype), right).numpy()
    good = [0, len(matrices) - 1]
    np.testing.assert_allclose(found[good], [[1, 1, 1], [1e-6, 1, 1e6]], rtol=1e-6)
    assert np.isnan(np.delete(found, good, 0)).all()
