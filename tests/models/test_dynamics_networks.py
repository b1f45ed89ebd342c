"""The feed-forward networks of forces and of accelerations: what they compute, their files, and what they refuse."""

import keras
import numpy as np
import pytest

from hnn_tf import models

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(params=[models.ForceNetwork, models.AccelerationNetwork])
def network(request):
    made = request.param(hidden_units=8, activation="sine", dtype="float64")
    made.build([None, 6])
    return made


def _of(network):
    """The method of what the network declares that it computes."""
    assert network.computes_forces() != network.computes_accelerations()
    return network.inverse_dynamics if network.computes_forces() else network.forward_dynamics


def test_computes_a_perceptron_of_three_vectors(network, rng):
    vectors = rng.normal(size=[3, 5, 2])
    expected = network.mlp(np.concatenate(vectors, 1))
    np.testing.assert_array_equal(_of(network)(*vectors), expected)
    np.testing.assert_array_equal(network(np.concatenate(vectors, 1)), expected)
    assert expected.shape == (5, 2) == network.compute_output_shape((5, 6))


def test_every_weight_is_trained(network):
    assert len(network.trainable_weights) == len(network.weights) == 3


def test_a_saved_model_comes_back_bit_by_bit(network, rng, tmp_path):
    network.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    vectors = rng.normal(size=[3, 5, 2])
    assert type(loaded) is type(network)
    assert loaded.get_config() == network.get_config()
    np.testing.assert_array_equal(_of(loaded)(*vectors), _of(network)(*vectors))


@pytest.mark.parametrize("width", [0, 4, None])
def test_widths_that_are_not_of_three_vectors_are_refused(width):
    with pytest.raises(ValueError, match="expected inputs of width 3n"):
        models.ForceNetwork().build([None, width])
