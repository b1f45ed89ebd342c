import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import phase_space, symplectic_gradient


def _coupled(state):
    """H = q1^2 p2 + sin(p1) q2, whose gradient is easy by hand and mixes everything."""
    q1, q2, p1, p2 = tf.unstack(state, axis=-1)
    return q1**2 * p2 + tf.sin(p1) * q2


def _coupled_by_hand(state):
    q1, q2, p1, p2 = np.moveaxis(state, -1, 0)
    return np.stack([np.cos(p1) * q2, q1**2, -2 * q1 * p2, -np.sin(p1)], axis=-1)


@pytest.mark.parametrize("shape", [(4,), (7, 4), (2, 3, 4)])
def test_equals_the_derivatives_by_hand(rng, shape):
    state = rng.normal(size=shape)
    # 1e-14: two roundings of numbers of order 1.
    np.testing.assert_allclose(symplectic_gradient(_coupled, state), _coupled_by_hand(state), atol=1e-14)


def test_is_j_times_the_gradient(rng):
    state = tf.constant(rng.normal(size=[5, 4]))
    with tf.GradientTape() as tape:
        tape.watch(state)
        energy = _coupled(state)
    expected = tape.gradient(energy, state).numpy() @ phase_space.symplectic_matrix(2).numpy().T
    np.testing.assert_allclose(symplectic_gradient(_coupled, state), expected, atol=1e-15)


def test_is_the_same_inside_a_graph(rng):
    state = tf.constant(rng.normal(size=[5, 4]))
    graph = tf.function(lambda s: symplectic_gradient(_coupled, s), autograph=False, jit_compile=True)
    np.testing.assert_allclose(graph(state), symplectic_gradient(_coupled, state), atol=1e-14)


def test_a_constant_energy_moves_nothing():
    motion = symplectic_gradient(lambda state: tf.zeros(tf.shape(state)[:-1]), tf.ones([3, 2]))
    np.testing.assert_array_equal(motion, np.zeros([3, 2]))


def test_an_energy_with_a_trailing_axis_is_refused():
    with pytest.raises(ValueError, match="one scalar a state"):
        symplectic_gradient(lambda state: tf.reduce_sum(state**2, -1, keepdims=True), tf.ones([3, 2]))


def test_weights_inside_the_hamiltonian_are_trainable_through_it():
    k = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        motion = symplectic_gradient(lambda state: k * tf.reduce_sum(state**2, -1), tf.ones([1, 2]))
        loss = tf.reduce_sum(motion**2)
    # motion = (2k, -2k), loss = 8 k^2, d loss / dk = 16 k = 32.
    assert tape.gradient(loss, k).numpy() == pytest.approx(32.0)
