"""A Hamiltonian made even in the momenta."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import (
    HamiltonianNetwork,
    InputError,
    MLPHamiltonian,
    RandomFeatureHamiltonian,
    TimeReversibleHamiltonian,
    closed_form,
    rollout,
    systems,
)

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


@pytest.fixture(params=["mlp", "random_features"])
def hamiltonian(request, rng):
    if request.param == "mlp":
        layer = TimeReversibleHamiltonian(MLPHamiltonian(hidden_units=[8, 8], dtype="float64"))
        layer.build([None, 4])
    else:
        layer = TimeReversibleHamiltonian(RandomFeatureHamiltonian(num_features=8, dtype="float64"))
        layer.adapt(rng.normal(size=[20, 4]))
    return layer


def test_energy_is_that_of_the_reversed_state(hamiltonian, rng):
    state = rng.normal(size=[5, 4])
    inner = hamiltonian.hamiltonian
    expected = (inner(tf.constant(state)) + inner(tf.constant(state * [1, 1, -1, -1]))) / 2
    np.testing.assert_allclose(hamiltonian(tf.constant(state)), expected, rtol=1e-14)
    np.testing.assert_allclose(hamiltonian(tf.constant(state * [1, 1, -1, -1])), expected, rtol=1e-13)


def test_gradient_is_the_tapes(hamiltonian, rng):
    state = tf.constant(rng.normal(size=[5, 4]))
    with tf.GradientTape() as tape:
        tape.watch(state)
        energy = hamiltonian(state)
    np.testing.assert_allclose(hamiltonian.gradient(state), tape.gradient(energy, state), atol=1e-13)


def test_energy_and_gradient_are_linear_in_the_coefficients(hamiltonian, rng):
    state = tf.constant(rng.normal(size=[5, 4]))
    coefficients = hamiltonian.coefficients
    np.testing.assert_allclose(
        tf.linalg.matvec(hamiltonian.feature_gradients(state), coefficients), hamiltonian.gradient(state), atol=1e-12
    )
    np.testing.assert_allclose(
        tf.linalg.matvec(hamiltonian.features(state), coefficients), hamiltonian(state), atol=1e-12
    )


@pytest.mark.slow
def test_a_trajectory_run_backwards_is_a_trajectory(hamiltonian, rng):
    model = HamiltonianNetwork(hamiltonian)
    signs = [1.0, 1.0, -1.0, -1.0]
    path = rollout(model, tf.constant(rng.normal(size=[3, 4]) / 4), step_size=0.01, num_steps=50, integrator="rk8")
    back = rollout(model, path[:, -1] * signs, step_size=0.01, num_steps=50, integrator="rk8")
    np.testing.assert_allclose(back[:, ::-1] * signs, path, atol=1e-9)  # rk8's error


def test_a_saved_model_is_the_same(hamiltonian, rng, tmp_path):
    model = HamiltonianNetwork(hamiltonian)
    model.build([None, 4])
    model.save(tmp_path / "model.keras")
    state = tf.constant(rng.normal(size=[5, 4]))
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "model.keras")(state), model(state))


def test_is_fitted_with_its_symmetry_alone_and_in_a_network(rng):
    state = rng.uniform([-2.0, 0.0], 2.0, [200, 2])  # half of the momenta: without the symmetry the rest is open
    samples = {"state": state, "time_derivative": systems.Pendulum()(tf.constant(state)).numpy()}
    for wrap in (lambda hamiltonian: hamiltonian, HamiltonianNetwork):
        hamiltonian = TimeReversibleHamiltonian(RandomFeatureHamiltonian(num_features=60, dtype="float64"))
        closed_form.fit(wrap(hamiltonian), samples)
        found = HamiltonianNetwork(hamiltonian)(tf.constant(state))
        np.testing.assert_allclose(found, samples["time_derivative"], atol=1e-2)  # without it of order 1 and more


def test_a_hamiltonian_without_coefficients_has_none_here(rng):
    class Quartic(keras.layers.Layer):
        def call(self, state):
            return tf.reduce_sum(state**4, -1)

    samples = {"state": rng.normal(size=[5, 2]), "time_derivative": rng.normal(size=[5, 2])}
    with pytest.raises(InputError, match="linear in its coefficients"):
        closed_form.fit(TimeReversibleHamiltonian(Quartic()), samples)
