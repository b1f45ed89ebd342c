import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import phase_space


@pytest.mark.parametrize("shape", [(2,), (5, 4), (3, 2, 6)])
def test_join_undoes_split(rng, shape):
    state = tf.constant(rng.normal(size=shape))
    np.testing.assert_array_equal(phase_space.join(*phase_space.split(state)), state)


def test_positions_come_first():
    q, p = phase_space.split(tf.constant([[1.0, 2.0, 3.0, 4.0]]))
    np.testing.assert_array_equal(q, [[1.0, 2.0]])
    np.testing.assert_array_equal(p, [[3.0, 4.0]])


@pytest.mark.parametrize("width", [1, 3, 0])
def test_a_width_that_is_not_2n_is_refused(width):
    with pytest.raises(ValueError, match="even size 2n"):
        phase_space.dof(tf.zeros([4, width]))


def test_a_scalar_is_refused():
    with pytest.raises(ValueError, match="even size 2n"):
        phase_space.dof(tf.constant(1.0))


def test_an_unknown_width_is_refused():
    @tf.function(input_signature=[tf.TensorSpec([None, None])], autograph=False)
    def width(state):
        return tf.constant(phase_space.dof(state))

    with pytest.raises(ValueError, match="known even size"):
        width.get_concrete_function()


def test_join_refuses_unequal_widths():
    with pytest.raises(ValueError, match="equal last axis"):
        phase_space.join(tf.zeros([1, 1]), tf.zeros([1, 2]))


def test_symplectic_matrix_is_a_rotation_by_a_quarter_turn():
    j = phase_space.symplectic_matrix(2).numpy()
    np.testing.assert_array_equal(j @ j, -np.eye(4))
    np.testing.assert_array_equal(j[:2, 2:], np.eye(2))
