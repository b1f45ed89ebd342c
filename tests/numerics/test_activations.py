import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import activations


@pytest.mark.parametrize("name", sorted(activations.ACTIVATIONS))
def test_the_derivative_written_out_is_the_tapes(name):
    activation = activations.get(name)
    x = tf.constant([-2.0, -0.7, 0.3, 1.9], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = activation.value(x)
    # 1e-15: a few roundings of numbers of order 1 in float64.
    np.testing.assert_allclose(activation.derivative(x, y), tape.gradient(y, x), atol=1e-15)


@pytest.mark.parametrize("name", sorted(activations.ACTIVATIONS))
def test_the_derivative_uses_plain_operations_only(name):
    activation = activations.get(name)
    graph = tf.function(lambda x: activation.derivative(x, activation.value(x)), autograph=False)
    operations = graph.get_concrete_function(tf.TensorSpec([None, 3])).graph.get_operations()
    assert not [operation.type for operation in operations if operation.type.endswith("Grad")]


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="expected one of relu"):
        activations.get("tanhh")
