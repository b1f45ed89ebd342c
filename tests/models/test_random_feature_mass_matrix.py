"""The mass matrix of fixed features: M, its inverse and its gradient, against NumPy and tapes."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import InputError, models


def _layer(rng, *, n=3, angles=(1,)):
    keras.utils.set_random_seed(0)
    layer = models.RandomFeatureMassMatrix(num_features=12, angles=angles, dtype="float64")
    layer.adapt(rng.normal(size=[50, n]))
    return layer


@pytest.fixture
def layer(rng):
    """A layer with learned numbers of no special value, and an M that is positive definite where it is tested."""
    made = _layer(rng)
    for weight in made.trainable_weights:
        weight.assign(weight + rng.normal(size=weight.shape) / 500)
    return made


def test_the_matrix_is_linear_in_the_coefficients(layer, rng):
    q = rng.normal(size=[6, 3])
    constant, coefficients = (weight.numpy() for weight in layer.trainable_weights)
    entries = constant + layer.features(q).numpy() @ coefficients
    matrix = layer(q).numpy()
    for column, (i, j) in zip(entries.T, layer.entries, strict=True):
        np.testing.assert_allclose(matrix[:, i, j], column, atol=1e-13)
    np.testing.assert_array_equal(matrix, matrix.swapaxes(1, 2))


def test_solves_what_numpy_solves(layer, rng):
    q, b = rng.normal(size=[2, 6, 3])
    # 1e-12: roundings of numbers of order 1, by a condition below 100.
    expected = np.linalg.solve(layer(q).numpy(), b[..., np.newaxis])[..., 0]
    np.testing.assert_allclose(layer.solve(q, b), expected, atol=1e-12)
    np.testing.assert_allclose(layer.solve(q[0], b[0]), expected[0], atol=1e-12)


def test_the_gradient_of_the_norm_is_the_tapes(layer, rng):
    q, v = (tf.constant(x) for x in rng.normal(size=[2, 6, 3]))
    with tf.GradientTape() as tape:
        tape.watch(q)
        norm = tf.einsum("bi,bij,bj->b", v, layer(q), v)
    np.testing.assert_allclose(layer.squared_norm_gradient(q, v), tape.gradient(norm, q), atol=1e-12)
    solution, gradient = layer.solve_with_gradient(q, tf.linalg.matvec(layer(q), v))
    np.testing.assert_allclose(solution, v, atol=1e-12)
    np.testing.assert_allclose(gradient, layer.squared_norm_gradient(q, v), atol=1e-11)


def test_a_new_mass_matrix_is_near_the_identity(rng):
    eigenvalues = np.linalg.eigvalsh(_layer(rng)(rng.uniform(-2, 2, [100, 3])))
    assert eigenvalues.min() > 0.5
    assert eigenvalues.max() < 2.0


def test_an_angle_comes_back_after_a_turn(layer, rng):
    q = rng.normal(size=[6, 3])
    np.testing.assert_allclose(layer(q + [0, 2 * np.pi, 0]), layer(q), atol=1e-12)
    assert np.abs(layer(q + [2 * np.pi, 0, 0]) - layer(q)).max() > 1e-3


def test_where_it_is_not_positive_definite_there_is_no_inverse(rng):
    layer = _layer(rng, n=2, angles=())
    layer.assign_coefficients([1.0, 2.0, 1.0], np.zeros(layer.trainable_weights[1].shape))
    assert np.isfinite(layer(np.zeros([1, 2]))).all()
    assert np.isnan(layer.solve(np.zeros([1, 2]), np.ones([1, 2]))).any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_features": 0}, "num_features: expected an integer >= 1; received 0"),
        ({"angles": (3,)}, "angles: expected different indices from 0 to 2"),
        ({"activation": "relu"}, "relu"),
    ],
)
def test_options_that_cannot_be_used_are_refused(options, message):
    for kind in (models.RandomFeatureMassMatrix, models.RandomFeatureEnergy):
        with pytest.raises(InputError, match=message):
            kind(**options).build([None, 3])
