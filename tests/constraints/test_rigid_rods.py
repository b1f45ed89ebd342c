"""Rods: their constraints and derivatives, lengths that are found in data, and what is refused."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.constraints import RigidRods, constraint_curvature, constraint_jacobian
from hnn_tf.input_error import InputError


class Squares(keras.layers.Layer):
    """The constraints of the rods below, without written-out derivatives."""

    def call(self, q):
        first, second = q[..., :2], q[..., 2:]
        apart = tf.reduce_sum((first - second) ** 2, -1)
        fixed = tf.reduce_sum((second - tf.constant([0.5, 1.0], q.dtype)) ** 2, -1)
        return tf.stack([(apart - 4.0) / 4.0, (fixed - 1.0) / 2.0], -1)


RODS = {"pairs": [(0, 1)], "anchors": [(1, (0.5, 1.0))], "dimension": 2, "lengths": [2.0, 1.0]}


@pytest.fixture
def rods():
    return RigidRods(**RODS, dtype="float64")


@pytest.fixture
def points(rng):
    return tf.constant(rng.normal(size=[5, 4])), tf.constant(rng.normal(size=[5, 4]))


def test_values_and_derivatives_are_those_of_the_formula(rods, points):
    layer = Squares(dtype="float64")
    position, velocity = points
    # Some ten roundings.
    close = {"rtol": 1e-13, "atol": 1e-13}
    np.testing.assert_allclose(rods(position), layer(position), **close)
    np.testing.assert_allclose(rods.jacobian(position), constraint_jacobian(layer, position), **close)
    np.testing.assert_allclose(rods.curvature(*points), constraint_curvature(layer, position, velocity), **close)
    np.testing.assert_allclose(rods.numpy_jacobian(position.numpy()), rods.jacobian(position), **close)
    np.testing.assert_allclose(rods.jacobian(position[0]), rods.jacobian(position)[0], **close)


def test_value_is_the_error_of_the_length(rods):
    position = tf.constant([[0.5, -1e-4, 0.5, 2.0]], tf.float64)
    np.testing.assert_allclose(rods(position), [[1e-4, 0.0]], atol=1e-8)  # its square, halved


def test_a_loaded_layer_is_the_same(rods, points):
    loaded = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(rods))
    np.testing.assert_array_equal(loaded(points[0]), rods(points[0]))


def test_lengths_are_found_in_noisy_data(rng):
    count, noise = 4000, 0.1
    turns = rng.uniform(0, 2 * np.pi, [count, 2])
    second = np.array([0.5, 1.0]) + np.stack([np.cos(turns[:, 0]), np.sin(turns[:, 0])], -1)
    first = second + 2.0 * np.stack([np.cos(turns[:, 1]), np.sin(turns[:, 1])], -1)
    positions = np.concatenate([first, second], -1) + noise * rng.normal(size=[count, 4])
    found = RigidRods.found_in(positions, RODS["pairs"], RODS["anchors"], dimension=2)
    # The mean of a distance has the standard error noise sqrt(2) / sqrt(count); five of them, and what is left of the
    # noise's effect, of the order noise^4 / length^3. Without the correction, the errors are 0.005 and 0.005.
    np.testing.assert_allclose(found.lengths, [2.0, 1.0], atol=5 * noise * np.sqrt(2 / count) + noise**4)


def test_noise_does_not_lengthen_rods():
    # The noise of two points at right angles to their distance and along it, in all four combinations.
    shifts = 0.2 * np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    positions = np.concatenate([np.zeros([4, 2]), [4.0, 0.0] + shifts], -1)
    biased = np.sqrt(np.mean(np.sum(([4.0, 0.0] + shifts) ** 2, -1)))
    (length,) = RigidRods.found_in(positions, [(0, 1)], dimension=2).lengths
    assert abs(biased - 4.0) > 9e-3
    assert abs(length - 4.0) < 1e-3


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"pairs": [(0, 0)]}, r"pairs: expected two different indices of points, >= 0; received \(0, 0\)"),
        ({"pairs": [(0, -1)]}, "pairs: expected two different indices"),
        ({"pairs": [(0, 1), (1, 0)]}, r"pairs: expected each rod once; received \(1, 0\) twice"),
        ({"pairs": [], "anchors": []}, "expected at least one pair of points or anchor; received none"),
        ({"anchors": [(1, (0.5,))]}, r"anchors: expected the index of a point, >= 0, and 2 finite coordinates"),
        ({"anchors": [(1, (0.5, 1.0))] * 2}, r"anchors: expected each rod once; received \(1, \(0.5, 1.0\)\) twice"),
        ({"anchors": [(1, 0.5, 1.0)]}, r"anchors: expected pairs \(point, coordinates of the anchor\)"),
        ({"dimension": 0}, "dimension: expected an integer >= 1; received 0"),
        ({"lengths": [1.0]}, r"lengths: expected one finite number > 0 for each of the 2 rods; received \[1.0\]"),
        ({"lengths": [1.0, 0.0]}, "lengths: expected one finite number > 0"),
    ],
)
def test_wrong_rods_are_refused(changed, message):
    with pytest.raises(InputError, match=f"^RigidRods: {message}"):
        RigidRods(**RODS | changed)


def test_a_rod_to_a_point_that_does_not_exist_is_refused():
    rods = RigidRods([(0, 2)], dimension=2, lengths=[1.0])
    with pytest.raises(InputError, match=r"^RigidRods: rod 0-2: expected points from 0 to 1, because .*; received 2"):
        rods.build([None, 4])


def test_a_rod_that_the_data_contradict_is_refused(rng):
    with pytest.raises(InputError, match=r"^RigidRods: rod 0-1: expected a constant length; received distances from"):
        RigidRods.found_in(rng.normal(size=[50, 4]), [(0, 1)], dimension=2)
