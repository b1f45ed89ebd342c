"""What may be the Hamiltonian of a network."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, MLPHamiltonian


class _Taped(keras.layers.Layer):
    """A Hamiltonian without a `gradient` of its own: k |s|^4 / 4."""

    separable = True

    def build(self, _):
        self.k = self.add_weight(shape=(), initializer="ones")

    def call(self, state):
        return 0.25 * self.k * tf.reduce_sum(state**2, -1) ** 2


def test_any_keras_layer_may_be_the_hamiltonian(rng):
    model, state = HamiltonianNetwork(_Taped(dtype="float64")), rng.normal(size=[6, 2])
    expected = np.sum(state**2, -1, keepdims=True) * state[:, ::-1] * [1, -1]
    # 1e-13: a few roundings of numbers up to 10.
    np.testing.assert_allclose(model(tf.constant(state)), expected, atol=1e-13)
    assert model.separable
    assert model.dtype_policy.name == "float64"


@pytest.mark.parametrize("hamiltonian", [MLPHamiltonian, tf.reduce_sum])
def test_a_hamiltonian_that_is_no_layer_is_refused(hamiltonian):
    with pytest.raises(TypeError, match="expected a Keras layer"):
        HamiltonianNetwork(hamiltonian)


def test_a_layer_that_says_nothing_is_not_separable():
    assert not HamiltonianNetwork(keras.layers.Dense(1)).separable


def test_weights_are_the_hamiltonians_own():
    hamiltonian = MLPHamiltonian(hidden_units=[8])
    model = HamiltonianNetwork(hamiltonian)
    model.build([None, 2])
    assert [id(v) for v in model.trainable_variables] == [id(v) for v in hamiltonian.trainable_variables]
