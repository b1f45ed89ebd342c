"""The mass matrix of points, and the potential of points."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.models import PointMassMatrix, RandomFeaturePointEnergy


def test_every_coordinate_has_the_mass_of_its_point(rng):
    layer = PointMassMatrix(2, dtype="float64")
    layer.build([None, 4])
    layer.assign_masses([2.0, 5.0])
    q, f = rng.normal(size=[3, 4]), rng.normal(size=[3, 4])
    np.testing.assert_allclose(layer(q), np.broadcast_to(np.diag([2.0, 2.0, 5.0, 5.0]), [3, 4, 4]), rtol=1e-14)
    np.testing.assert_allclose(layer.solve(q, f), f / [2.0, 2.0, 5.0, 5.0], rtol=1e-14)
    assert layer.physical_parameters() == {"mass_ratio_2": pytest.approx(2.5, rel=1e-12)}


def test_known_masses_are_not_learned():
    layer = PointMassMatrix(3, masses=[2.0, 5.0])
    layer.build([None, 6])
    assert not layer.weights
    loaded = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    np.testing.assert_allclose(loaded(tf.zeros([1, 6])), layer(tf.zeros([1, 6])))
    np.testing.assert_allclose(layer.masses, [2.0, 5.0], rtol=1e-6)
    assert layer.physical_parameters() == {}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PointMassMatrix(0), "dimension: expected an integer >= 1; received 0"),
        (lambda: PointMassMatrix(2, masses=[1.0, -1.0]), "masses: expected finite numbers > 0, one for each point"),
        (
            lambda: PointMassMatrix(2).build([None, 5]),
            "dimension: expected positions of a width that is a multiple of 2",
        ),
        (
            lambda: PointMassMatrix(2, masses=[1.0]).build([None, 4]),
            "masses: expected one for each of the 2 points; received 1",
        ),
        (
            lambda: RandomFeaturePointEnergy(dimension=2).build([None, 5]),
            "dimension: expected positions of a width that is a multiple of 2; received width 5",
        ),
        (
            lambda: RandomFeaturePointEnergy(dimension=0).build([None, 4]),
            "dimension: expected an integer >= 1; received 0",
        ),
        (lambda: RandomFeaturePointEnergy(dimension=2, pairs=[(0, 1, 2)]), r"pairs: expected pairs \(i, j\) of points"),
        (
            lambda: RandomFeaturePointEnergy(dimension=2, pairs=[(0, 1), (1, 0)]).build([None, 4]),
            "pairs: expected each pair once",
        ),
        (
            lambda: RandomFeaturePointEnergy(dimension=2, pairs=[(0, 2)]).build([None, 4]),
            r"pairs: expected two different points from 0 to 1; received \(0, 2\)",
        ),
    ],
)
def test_what_does_not_fit_is_refused(make, message):
    with pytest.raises(InputError, match=f"^{message}"):
        make()


@pytest.mark.parametrize("pairs", [(), [(0, 1), (2, 0)]])
def test_feature_gradients_are_those_of_the_features(pairs, rng):
    layer = RandomFeaturePointEnergy(dimension=2, pairs=pairs, num_features=6, dtype="float64")
    position = tf.constant(rng.normal(size=[5, 6]))
    layer.build([None, 6])
    layer.adapt(position.numpy())
    with tf.GradientTape() as tape:
        tape.watch(position)
        features = layer.features(position)
    by_position = tape.batch_jacobian(features, position).numpy()
    # Some twenty roundings of numbers up to the scale 10 of the monomials.
    np.testing.assert_allclose(
        layer.feature_gradients(position), np.swapaxes(by_position, 1, 2), rtol=1e-12, atol=1e-12
    )
    gradient = np.einsum("bnm,m->bn", layer.feature_gradients(position), layer.coefficients)
    np.testing.assert_allclose(layer.gradient(position), gradient, rtol=1e-11, atol=1e-11)


def test_springs_and_gravity_are_among_the_features(rng):
    layer = RandomFeaturePointEnergy(dimension=2, pairs=[(0, 1)], num_features=4, dtype="float64")
    q = rng.normal(size=[60, 4])
    layer.build([None, 4])
    layer.adapt(q)
    energy = 9.81 * q[:, 1] + 3.0 * (np.linalg.norm(q[:, :2] - q[:, 2:], axis=-1) - 0.7) ** 2
    rows = np.concatenate([layer.features(q), np.ones([60, 1])], -1)
    found = np.linalg.lstsq(rows, energy, rcond=None)[0]
    # The rows have a condition number of some 1e4.
    np.testing.assert_allclose(rows @ found, energy, atol=1e-9)
