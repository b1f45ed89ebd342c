"""Every model takes Keras' activations, by name or as functions; its derivatives and its file are right."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from registered_activation import error_function, not_registered

import hnn_tf
from hnn_tf import InputError, symplectic_gradient

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

HAMILTONIANS = {
    "mlp": lambda **options: hnn_tf.MLPHamiltonian(hidden_units=[5, 7], **options),
    "random_features": lambda **options: hnn_tf.RandomFeatureHamiltonian(num_features=6, **options),
}
MODELS = {
    "hnn": lambda **options: hnn_tf.HamiltonianNetwork(HAMILTONIANS["mlp"](**options)),
    "random_features": lambda **options: hnn_tf.HamiltonianNetwork(HAMILTONIANS["random_features"](**options)),
    "dissipation": lambda **options: hnn_tf.HamiltonianNetwork(
        HAMILTONIANS["mlp"](dtype=options["dtype"]), hnn_tf.MLPDissipation(hidden_units=[4], **options)
    ),
    "baseline": lambda **options: hnn_tf.BaselineNetwork(hidden_units=[5], **options),
    "second_order": lambda **options: hnn_tf.models.SecondOrderNetwork(hidden_units=[5], **options),
    "perceptron": lambda **options: keras.Sequential([keras.Input([4]), hnn_tf.MLP(4, hidden_units=[5], **options)]),
    "residual": lambda **options: keras.Sequential(
        [keras.Input([4]), hnn_tf.models.ResidualMLP(4, hidden_units=5, **options)]
    ),
}
ACTIVATIONS = ("gelu", keras.activations.mish, error_function)


def _ids(activation):
    return activation if isinstance(activation, str) else activation.__name__


@pytest.mark.parametrize("activation", [*ACTIVATIONS, "elu", keras.ops.tanh], ids=_ids)
@pytest.mark.parametrize("kind", HAMILTONIANS)
def test_the_gradient_is_that_of_the_energy(kind, activation, rng):
    hamiltonian = HAMILTONIANS[kind](activation=activation, dtype="float64")
    state, h = rng.normal(size=[6, 4]), 1e-5
    gradient = hamiltonian.gradient(tf.constant(state)).numpy()
    differences = np.stack(
        [(hamiltonian(state + h * unit) - hamiltonian(state - h * unit)) / (2 * h) for unit in np.eye(4)], -1
    )
    # 1e-8: h^2 times third derivatives of order 1; round-off 1e-16 / h is less.
    np.testing.assert_allclose(gradient, differences, atol=1e-8)
    of_features = hamiltonian.feature_gradients(tf.constant(state)).numpy() @ hamiltonian.coefficients.numpy()
    np.testing.assert_allclose(of_features, gradient, atol=1e-12)


@pytest.mark.parametrize("activation", [*ACTIVATIONS, "elu"], ids=_ids)
def test_a_loss_on_the_field_is_differentiable_by_the_weights(activation, rng):
    """The second order that training needs: along a random direction in weight space, against differences."""
    hamiltonian = HAMILTONIANS["mlp"](activation=activation, dtype="float64")
    state, target = tf.constant(rng.normal(size=[6, 4])), tf.constant(rng.normal(size=[6, 4]))
    hamiltonian(state)

    def loss():
        return tf.reduce_mean((symplectic_gradient(hamiltonian, state) - target) ** 2)

    weights = [v.value for v in hamiltonian.trainable_variables]
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
    # 1e-8: h^2 and round-off 1e-16 / h, both well below.
    assert slope == pytest.approx((values[0] - values[1]) / (2 * h), abs=1e-8)
    assert abs(slope) > 1e-4


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=_ids)
@pytest.mark.parametrize("kind", MODELS)
def test_a_saved_model_comes_back_bit_by_bit(kind, activation, rng, tmp_path):
    model = MODELS[kind](activation=activation, dtype="float64")
    state = tf.constant(rng.normal(size=[7, 4]))
    answer = model(state)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(state), answer)
    for one in (model, loaded):
        assert f'{_ids(activation)}"' in json.dumps(one.get_config(), default=str)


@pytest.mark.parametrize("kind", sorted(set(MODELS) - {"hnn", "random_features"}))
def test_networks_without_a_hamiltonian_may_have_a_kink(kind, rng):
    model = MODELS[kind](activation=keras.activations.leaky_relu, dtype="float64")
    assert np.isfinite(model(tf.constant(rng.normal(size=[3, 4])))).all()


@pytest.mark.parametrize("kind", MODELS)
def test_what_no_file_could_name_is_refused_when_the_model_is_made(kind):
    with pytest.raises(InputError, match="'not_registered': expected a function that a model's file can name"):
        MODELS[kind](activation=not_registered, dtype="float64")
    with pytest.raises(InputError, match="'softmax': expected a TensorFlow function of each number alone"):
        MODELS[kind](activation="softmax", dtype="float64")


@pytest.mark.slow
def test_the_compiled_loop_trains_one(rng):
    model = MODELS["hnn"](activation="gelu", dtype="float32")
    model.build([None, 4])
    states = rng.normal(size=[20, 4])
    samples = {"state": states, "time_derivative": states[:, [2, 3, 0, 1]] * [1, 1, -1, -1]}
    loop = hnn_tf.TrainingLoop(model, "derivative", keras.optimizers.Adam(1e-2), samples)
    before = loop.loss()
    loop.run(50)
    assert loop.loss() < 0.5 * before


def test_random_features_of_one_are_fitted_in_closed_form(rng):
    features = hnn_tf.RandomFeatureHamiltonian(num_features=60, activation="gelu", dtype="float64")
    states = rng.uniform(-1.0, 1.0, size=[300, 2])
    pendulum = hnn_tf.systems.Pendulum()
    samples = {"state": states, "time_derivative": pendulum(tf.constant(states)).numpy()}
    hnn_tf.closed_form.fit(features, samples)
    fitted = hnn_tf.HamiltonianNetwork(features)
    # Derivatives of order 1, of which 60 smooth features keep more than three digits.
    np.testing.assert_allclose(fitted(tf.constant(states)), samples["time_derivative"], atol=1e-3)
