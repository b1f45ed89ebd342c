"""Separable Hamiltonians of known masses: their linear form, and what closed forms find with them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import (
    HamiltonianNetwork,
    ModelOptions,
    QuadraticKinetic,
    RandomFeatureEnergy,
    SeparableHamiltonian,
    TimeReversibleHamiltonian,
    closed_form,
)
from hnn_tf.closed_form.linear_field import LinearField, is_linear
from hnn_tf.models import MLPEnergy
from hnn_tf.models.new_model import new_model
from hnn_tf.objectives import WeakForm

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

MASSES = np.array([0.5, 4.0])


@pytest.fixture(params=["plain", "reversible"])
def hamiltonian(request, rng):
    layer = SeparableHamiltonian(
        QuadraticKinetic(MASSES, dtype="float64"), RandomFeatureEnergy(num_features=6, dtype="float64")
    )
    if request.param == "reversible":
        layer = TimeReversibleHamiltonian(layer)
    layer.adapt(rng.normal(size=[20, 4]), seed=1, slope=0.5)
    layer.assign_coefficients(rng.normal(size=layer.coefficients.shape[0]))
    return layer


def test_the_gradient_is_linear_in_the_coefficients_but_for_the_known_velocity(hamiltonian, rng):
    state = tf.constant(rng.normal(size=[5, 4]))
    known = hamiltonian.known_gradient(state).numpy()
    np.testing.assert_allclose(known, np.concatenate([np.zeros([5, 2]), state[:, 2:] / MASSES], 1), rtol=1e-14)
    linear = tf.linalg.matvec(hamiltonian.feature_gradients(state), hamiltonian.coefficients)
    np.testing.assert_allclose(linear + known, hamiltonian.gradient(state), atol=1e-12)


def test_the_energy_is_linear_in_the_coefficients_but_for_the_known_kinetic_energy(hamiltonian, rng):
    state = tf.constant(rng.normal(size=[5, 4]))
    linear = tf.linalg.matvec(hamiltonian.features(state), hamiltonian.coefficients)
    kinetic = np.sum(state[:, 2:] ** 2 / (2 * MASSES), -1)
    np.testing.assert_allclose(linear + kinetic, hamiltonian(state), atol=1e-12)


def test_the_linear_field_is_the_networks_motion(hamiltonian, rng):
    state = tf.constant(rng.normal(size=[5, 4]))
    parameters = tf.concat([hamiltonian.coefficients, [0.3]], 0)
    found = LinearField(hamiltonian, friction=True).value(state, parameters).numpy()
    gradient = hamiltonian.gradient(state).numpy()
    expected = np.concatenate([gradient[:, 2:], -gradient[:, :2] - 0.3 * gradient[:, 2:]], 1)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_friction_acts_on_the_known_velocity(hamiltonian, rng):
    state = tf.constant(rng.normal(size=[5, 4]))
    parameters = tf.concat([hamiltonian.coefficients, [0.3]], 0)
    by_friction = LinearField(hamiltonian, friction=True).columns(state, parameters)[..., -1].numpy()
    expected = np.concatenate([np.zeros([5, 2]), -state[:, 2:] / MASSES], 1)
    np.testing.assert_allclose(by_friction, expected, atol=1e-12)


def test_all_numbers_are_linear_only_with_known_masses_and_features(hamiltonian):
    assert is_linear(hamiltonian)
    assert not is_linear(SeparableHamiltonian(QuadraticKinetic(), RandomFeatureEnergy()))
    assert hamiltonian.has_closed_form
    # A network is linear in the weights of its last layer only.
    assert not SeparableHamiltonian(QuadraticKinetic(1.0), MLPEnergy(hidden_units=[8])).has_closed_form


def _spring(rng, count=200):
    """States of two springs of stiffness 2 and 3 with these masses, and their time derivatives."""
    state = rng.normal(size=[count, 4])
    return state, np.concatenate([state[:, 2:] / MASSES, -np.array([2.0, 3.0]) * state[:, :2]], 1)


@pytest.mark.parametrize("reversible", [False, True])
def test_fit_finds_the_force_of_known_masses(rng, reversible):
    layer = SeparableHamiltonian(
        QuadraticKinetic(MASSES, dtype="float64"), RandomFeatureEnergy(num_features=40, dtype="float64")
    )
    layer = TimeReversibleHamiltonian(layer) if reversible else layer
    state, derivative = _spring(rng)
    closed_form.fit(layer, {"state": state, "time_derivative": derivative})
    test, expected = _spring(np.random.default_rng(1), 50)
    test, expected = 0.7 * test, 0.7 * expected  # within the data
    gradient = layer.gradient(tf.constant(test)).numpy()
    np.testing.assert_allclose(gradient[:, 2:], expected[:, :2], rtol=1e-12)
    np.testing.assert_allclose(-gradient[:, :2], expected[:, 2:], atol=0.05)  # 40 features of a parabola


def test_fit_weak_subtracts_the_known_motion():
    times = np.linspace(0.0, 6.0, 61)
    states = np.stack([[a * np.cos(2 * times), -4 * a * np.sin(2 * times) / 2] for a in (0.5, 1.0)]).swapaxes(1, 2)
    # H = p^2 / (2 * 0.5) + q^2: dq/dt = 2 p, dp/dt = -2 q, so p = -a sin(2 t).
    layer = SeparableHamiltonian(
        QuadraticKinetic(0.5, dtype="float64"), RandomFeatureEnergy(num_features=20, dtype="float64")
    )
    states[..., 1] /= 2.0
    closed_form.fit_weak(
        HamiltonianNetwork(layer), {"times": np.tile(times, [2, 1]), "states": states}, WeakForm(window=10)
    )
    q = np.linspace(-0.8, 0.8, 9)
    gradient = layer.gradient(tf.constant(np.stack([q, 0 * q], -1))).numpy()
    np.testing.assert_allclose(gradient[:, 0], 2 * q, atol=0.02)  # the features, and the weak form's quadrature


@pytest.mark.parametrize(
    "name",
    [
        "known_mass",
        "known_mass_friction",
        "known_mass_dissipation",
        "known_mass_random_features",
        "known_mass_random_features_friction",
    ],
)
def test_models_of_known_masses_have_these_velocities(name, rng, tmp_path):
    model = new_model(ModelOptions(name, hidden_units=(8,)), width=4, masses=MASSES.tolist())
    state = rng.normal(size=[3, 4]).astype(np.float32)
    np.testing.assert_allclose(model(state)[:, :2], state[:, 2:] / MASSES, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(state), model(state))
