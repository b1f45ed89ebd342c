"""The perceptron's weights, values and the gradient written out, against NumPy, tapes and differences."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import MLP, InputError, MLPEnergy, MLPHamiltonian, activations, models, symplectic_gradient

# For each layer of the package: how to make a small one. A new one without an entry fails.
LAYERS = {
    "MLP": lambda **options: MLP(3, hidden_units=(5, 7), **options),
    "MLPEnergy": lambda **options: MLPEnergy(hidden_units=(5, 7), **options),
    "MLPHamiltonian": lambda **options: MLPHamiltonian(hidden_units=(5, 7), **options),
}
NAIVE = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "sine": np.sin,
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "tanh": np.tanh,
}


def test_every_layer_has_an_entry():
    public = [getattr(models, name) for name in models.__all__]
    layers = {k for k in public if isinstance(k, type) and issubclass(k, keras.layers.Layer)}
    # ResidualMLP, which has an output bias, is tested as a part of what it is for: test_latent_model.py.
    # The others in test_random_features.py, test_time_reversible_hamiltonian.py, test_dissipation.py.
    elsewhere = {"ResidualMLP", "RandomFeatureHamiltonian", "TimeReversibleHamiltonian"}
    elsewhere |= {"LinearFriction", "MLPDissipation"}
    elsewhere |= {"SingleOutputHamiltonian"}  # test_first_tries.py
    # test_energy_parts.py, test_mechanical_hamiltonian.py and test_pairwise_hamiltonian.py.
    elsewhere |= {"SeparableHamiltonian", "QuadraticKinetic", "PeriodicCoordinates", "PairwiseHamiltonian"}
    # test_velocity_network.py and test_lagrangian_network.py
    elsewhere |= {"VelocityEnergy", "MechanicalEnergy", "LagrangianEnergy", "MLPLagrangian"}
    elsewhere |= {"MechanicalHamiltonian", "MassMatrix", "ConstantMassMatrix", "MLPMassMatrix"}
    # test_inputs.py, test_random_feature_mass_matrix.py, test_random_feature_mechanical_hamiltonian.py
    elsewhere |= {"LinearInput", "MLPInput", "CholeskyMassMatrix", "RandomFeatureMassMatrix", "RandomFeatureEnergy"}
    elsewhere |= {"RandomFeatureMechanicalHamiltonian"}
    elsewhere |= {"PointMassMatrix", "RandomFeaturePointEnergy"}  # test_point_mass_matrix.py
    assert {kind.__name__ for kind in layers if not issubclass(kind, keras.Model)} == {*LAYERS, *elsewhere}


def test_every_activation_has_an_entry():
    assert set(NAIVE) == set(activations.ACTIVATIONS)


@pytest.fixture(params=sorted(NAIVE))
def activation(request):
    return request.param


@pytest.fixture(params=sorted(LAYERS))
def make(request):
    return LAYERS[request.param]


def _built(make, **options):
    layer = make(dtype="float64", **options)
    layer.build([None, 4])
    return layer


@pytest.mark.parametrize("shape", [(6, 4), (2, 6, 4)])
def test_output_shape_is_as_computed(make, rng, shape):
    layer = _built(make)
    assert tuple(layer(tf.constant(rng.normal(size=shape))).shape) == layer.compute_output_shape(shape)


def test_the_configuration_makes_the_same_layer(make):
    layer = make(activation="sine", dtype="float64")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()


def _kernels(layer):
    return [v.numpy() for v in layer.variables if len(v.shape) == 2]


def _biases(layer):
    return [v.numpy() for v in layer.variables if len(v.shape) == 1]


def test_there_is_no_output_bias(make):
    layer = _built(make)
    assert [len(bias) for bias in _biases(layer)] == [5, 7]
    assert [kernel.shape[0] for kernel in _kernels(layer)] == [4, 5, 7]


def test_kernels_start_orthogonal(make):
    for kernel in _kernels(_built(make)):
        tall = kernel if kernel.shape[0] >= kernel.shape[1] else kernel.T
        # 1e-6: Keras' initializer decomposes in float32.
        np.testing.assert_allclose(tall.T @ tall, np.eye(tall.shape[1]), atol=1e-6)


def test_biases_start_uniform_within_the_root_of_the_fan_in():
    layer = MLP(1, hidden_units=(400, 400))
    layer.build([None, 4])
    for bias, fan_in in zip(_biases(layer), (4, 400), strict=True):
        bound = fan_in**-0.5
        assert np.abs(bias).max() <= bound
        # A uniform's standard deviation is bound / sqrt(3); that of 400 is known to 2 %: 10 % is five sigma.
        assert np.std(bias) == pytest.approx(bound / 3**0.5, rel=0.1)


def _naive(layer, x, activation):
    kernels, biases = _kernels(layer), _biases(layer)
    for kernel, bias in zip(kernels, biases, strict=False):
        x = NAIVE[activation](x @ kernel + bias)
    return x @ kernels[-1]


def test_value_equals_numpys(activation, rng):
    layer, x = _built(LAYERS["MLP"], activation=activation), rng.normal(size=[6, 4])
    # 1e-14: a few roundings of numbers of order 1.
    np.testing.assert_allclose(layer(tf.constant(x)), _naive(layer, x, activation), atol=1e-14)


def test_no_hidden_layer_is_a_linear_map(rng):
    layer, x = MLP(3, hidden_units=(), dtype="float64"), rng.normal(size=[6, 4])
    np.testing.assert_allclose(layer(tf.constant(x)), x @ layer.variables[0].numpy(), atol=1e-15)
    gradient = np.broadcast_to(layer.variables[0].numpy().sum(1), x.shape)
    np.testing.assert_allclose(layer.gradient(tf.constant(x)), gradient, atol=1e-15)


@pytest.mark.parametrize("shape", [(6, 4), (2, 6, 4)])
@pytest.mark.parametrize(
    ("kind", "activation"), [(k, a) for k in LAYERS for a in NAIVE if k == "MLP" or activations.get(a).smooth]
)
def test_gradient_equals_the_tapes(kind, activation, rng, shape):
    # MLP itself has three outputs: the gradient is that of their sum.
    layer, x = _built(LAYERS[kind], activation=activation), tf.constant(rng.normal(size=shape))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
    np.testing.assert_allclose(layer.gradient(x), tape.gradient(y, x), atol=1e-14)  # a few roundings


@pytest.mark.parametrize("shape", [(4,), (6, 4), (2, 6, 4)])
@pytest.mark.parametrize("hidden_units", [(5, 7), ()])
def test_energy_is_linear_in_the_last_layers_features(rng, shape, hidden_units):
    layer, state = MLPHamiltonian(hidden_units=hidden_units, dtype="float64"), tf.constant(rng.normal(size=shape))
    layer.build([None, 4])
    layer.assign_coefficients(rng.normal(size=[7 if hidden_units else 4]))
    coefficients = layer.coefficients.numpy()
    np.testing.assert_allclose(layer.features(state).numpy() @ coefficients, layer(state), atol=1e-14)
    gradients = layer.feature_gradients(state).numpy()
    assert gradients.shape == (*shape, len(coefficients))
    np.testing.assert_allclose(gradients @ coefficients, layer.gradient(state), atol=1e-14)


@pytest.mark.parametrize("activation", sorted(set(NAIVE) - {"relu"}))
def test_a_loss_on_the_field_is_differentiable_by_the_weights(activation, rng):
    """The second order that training needs: along a random direction in weight space, against differences."""
    layer, state = _built(LAYERS["MLPHamiltonian"], activation=activation), tf.constant(rng.normal(size=[6, 4]))
    target = tf.constant(rng.normal(size=[6, 4]))

    def loss():
        return tf.reduce_mean((symplectic_gradient(layer, state) - target) ** 2)

    weights = [v.value for v in layer.trainable_variables]
    with tf.GradientTape() as tape:
        value = loss()
    gradients = tape.gradient(value, weights, unconnected_gradients="zero")
    directions = [tf.constant(rng.normal(size=v.shape)) for v in weights]
    slope = sum(float(tf.reduce_sum(g * d)) for g, d in zip(gradients, directions, strict=True))
    values, h = [], 1e-6
    for step in (h, -2 * h):
        for weight, direction in zip(weights, directions, strict=True):
            weight.assign_add(step * direction)
        values.append(float(loss()))
    # Differences at h = 1e-6: h^2 and round-off 1e-16 / h, both well below 1e-8.
    assert slope == pytest.approx((values[0] - values[1]) / (2 * h), abs=1e-8)
    assert abs(slope) > 1e-4  # ten thousand times the bound above


def test_a_hamiltonian_with_a_kink_is_refused():
    assert [name for name, a in activations.ACTIVATIONS.items() if not a.smooth] == ["relu"]
    with pytest.raises(InputError, match="'relu': expected a smooth activation for a Hamiltonian"):
        MLPHamiltonian(activation="relu")


def test_an_unknown_activation_is_refused(make):
    with pytest.raises(ValueError, match="expected one of relu"):
        make(activation="tanhh")


@pytest.mark.parametrize(("output", "hidden"), [(0, (4,)), (1, (4, 0)), (1, (-1,))])
def test_empty_widths_are_refused(output, hidden):
    with pytest.raises(ValueError, match="expected widths >= 1"):
        MLP(output, hidden_units=hidden)


def test_an_unknown_input_width_is_refused(make):
    with pytest.raises(ValueError, match="expected inputs of known width"):
        make().build([None, None])
