"""Activations by Keras' names and as functions: which are smooth, their derivatives, and what is refused."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from registered_activation import error_function, not_registered

from hnn_tf import InputError, activations
from hnn_tf.numerics.activation_choice import known, serialized
from hnn_tf.numerics.probed_activation import probed_activation

SMOOTH = {"celu", "elu", "exponential", "gelu", "linear", "log_sigmoid", "mish", "sigmoid", "silu", "softplus"}
SMOOTH |= {"softsign", "sparse_plus", "squareplus", "swish", "tanh", "tanh_shrink"}
# selu's slope jumps at 0 from 1.76 to 1.05.
WITH_A_KINK = {"hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "leaky_relu", "relu", "relu6"}
WITH_A_KINK |= {"selu", "soft_shrink", "sparse_sigmoid"}
OF_MANY_NUMBERS = {"glu", "log_softmax", "softmax", "sparsemax", "threshold"}


def test_every_activation_of_keras_is_one_of_these():
    others = {"deserialize", "get", "serialize"}
    public = {name for name in dir(keras.activations) if not name.startswith("_")} - others
    assert public <= SMOOTH | WITH_A_KINK | OF_MANY_NUMBERS


@pytest.mark.parametrize("name", sorted(SMOOTH))
def test_a_smooth_one_is_taken_with_its_derivative(name):
    activation, function = activations.get_smooth(name), keras.activations.get(name)
    x, h = np.linspace(-4, 4, 30), 1e-5
    value, slope = activation.value(tf.constant(x)), activation.derivative(tf.constant(x), function(tf.constant(x)))
    np.testing.assert_allclose(value, function(tf.constant(x)), rtol=1e-14, atol=1e-14)
    differences = (function(tf.constant(x + h)) - function(tf.constant(x - h))) / (2 * h)
    # 1e-8: h^2 times third derivatives of order 1 and, of the exponential, 50; round-off 1e-16 / h is less.
    np.testing.assert_allclose(slope, differences, atol=1e-8)


@pytest.mark.parametrize("name", sorted(WITH_A_KINK))
def test_one_with_a_kink_is_for_other_networks_than_hamiltonians(name):
    assert not activations.get(name).smooth
    with pytest.raises(
        InputError, match=r"expected a smooth activation for a Hamiltonian, whose derivative .*; use 'tanh'"
    ):
        activations.get_smooth(name)


@pytest.mark.parametrize("name", sorted(OF_MANY_NUMBERS))
def test_one_of_many_numbers_is_refused(name):
    with pytest.raises(InputError, match=f"activation '{name}': expected a .*function of") as refusal:
        activations.get(name)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("function", "smooth"),
    [
        (lambda x: tf.sin(20.0 * x), True),
        (lambda x: tf.exp(x) + 1e-3 * tf.nn.relu(x - 1.7), False),
        (lambda x: x**3 * tf.sign(x), True),
        (tf.floor, False),
    ],
)
def test_smoothness_is_measured(function, smooth):
    assert probed_activation(function).smooth == smooth


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (keras.activations.softplus, "softplus"),
        (keras.activations.gelu, "gelu"),
        (keras.ops.tanh, "tanh"),
        (keras.ops.sin, "sine"),
        (tf.tanh, "tanh"),
        (tf.nn.silu, "silu"),
        (tf.nn.softsign, "softsign"),
        ("swish", "silu"),
        ("mish", "mish"),
        ("sine", "sine"),
    ],
)
def test_what_has_a_name_is_known_by_it(function, name):
    assert known(function) == serialized(known(function)) == name
    assert activations.get(function) is activations.get(name)


def test_a_registered_function_comes_back_from_its_configuration():
    assert known(error_function) is error_function
    assert known(serialized(error_function)) is error_function
    with pytest.raises(InputError, match="activation: expected an activation that Keras can load: .*other") as refusal:
        known(serialized(error_function) | {"config": "tests>other"})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("activation", "message"),
    [
        ("tanhh", "expected one of relu, .*, tanh, another name of keras.activations, or a function; received 'tanhh'"),
        (
            not_registered,
            "'not_registered': expected a function that a model's file can name; .*; define the function by",
        ),
        (lambda x: x * tf.tanh(x), "'<lambda>': expected .*@keras.saving.register_keras_serializable"),
        (keras.ops.gelu, "'gelu': expected a function that a model's file can name"),  # not keras.activations.gelu
        (functools.partial(tf.nn.gelu, approximate=True), "'partial': expected a function that a model's file"),
        (np.tanh, "'tanh': expected a TensorFlow function of each number"),
        (tf.math.log, "'log': expected finite values from -10 to 10"),
        (lambda x: tf.cast(x, tf.float32), "expected a TensorFlow function .* keeps shape and dtype"),
        (tf.linalg.inv, "'matrix_inverse': expected a function of one tensor; the call ends in"),
        (keras.layers.PReLU(), "expected a name or a function, as keras.activations.tanh; received <PReLU"),
        (keras.layers.ReLU, "expected a name or a function"),
        (None, "expected a name or a function"),
        ({"name": "tanh"}, "expected a name or a function"),
    ],
)
def test_what_no_model_could_use_is_refused(activation, message):
    with pytest.raises(InputError, match=message) as refusal:
        activations.get(activation)
    assert "\n" not in str(refusal.value)


def test_a_function_without_a_second_derivative_is_refused_for_hamiltonians():
    @keras.saving.register_keras_serializable(package="tests")
    def tanh(x):  # by name only
        return 0.5 * tf.nn.softsign(x)  # which TensorFlow differentiates once

    assert activations.get(tanh).smooth
    with pytest.raises(InputError, match="'tanh': expected a second derivative in TensorFlow"):
        activations.get_smooth(tanh)


def test_a_graph_that_is_being_traced_makes_no_difference():
    @keras.saving.register_keras_serializable(package="tests")
    def doubled(x):
        return 2.0 * tf.tanh(x)

    @tf.function(autograph=False)
    def traced(x):
        return activations.get_smooth(doubled).value(x)

    assert float(traced(tf.constant(0.0))) == 0.0
    assert activations.get(doubled).smooth
