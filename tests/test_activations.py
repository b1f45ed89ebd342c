import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import activations

REFERENCE = {
    "relu": tf.nn.relu,
    "sigmoid": tf.sigmoid,
    "silu": tf.nn.silu,
    "sine": tf.sin,
    "softplus": tf.math.softplus,
    "tanh": tf.tanh,
}


def _derivative(function, order, x):
    if order == 0:
        return function(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = _derivative(function, order - 1, x)
    return tape.gradient(y, x, unconnected_gradients="zero")


def test_every_activation_has_a_reference():
    assert set(activations.ACTIVATIONS) == set(REFERENCE)


@pytest.mark.parametrize("order", [0, 1, 2, 3])
@pytest.mark.parametrize("graph", [False, True])
@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_derivatives_equal_tensorflows(name, graph, order):
    x = tf.constant([-2.0, -0.7, 0.3, 1.9], tf.float64)

    def derivative(x):
        return _derivative(activations.get(name), order, x)

    function = tf.function(derivative, autograph=False) if graph else derivative
    # 1e-13: a few roundings of numbers of order 1 in float64.
    np.testing.assert_allclose(function(x), _derivative(REFERENCE[name], order, x), atol=1e-13)


@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_the_derivative_uses_plain_operations_only(name):
    graph = tf.function(lambda x: _derivative(activations.get(name), 1, x), autograph=False)
    operations = graph.get_concrete_function(tf.TensorSpec([None, 3])).graph.get_operations()
    assert not [operation.type for operation in operations if operation.type.endswith("Grad")]


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="expected one of relu"):
        activations.get("tanhh")
