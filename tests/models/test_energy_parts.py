"""What every energy that is made of parts keeps: its gradient, its file, its precision, and what it refuses."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, models
from hnn_tf.input_error import InputError

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def _energy(dtype="float64"):
    return models.MLPEnergy(hidden_units=8, activation="sine", dtype=dtype)


def _stock(dtype):
    return keras.layers.Dense(1, use_bias=False, dtype=dtype)


HAMILTONIANS = {
    "separable": lambda dtype: models.SeparableHamiltonian(_energy(dtype), _energy(dtype)),
    "of masses": lambda dtype: models.SeparableHamiltonian(models.QuadraticKinetic(dtype=dtype), _energy(dtype)),
    "of known masses": lambda dtype: models.SeparableHamiltonian(
        models.QuadraticKinetic([1.0, 2.0], dtype=dtype), _energy(dtype)
    ),
    "of stock layers": lambda dtype: models.SeparableHamiltonian(_stock(dtype), _stock(dtype)),
    "mechanical": lambda dtype: models.MechanicalHamiltonian(
        models.MLPMassMatrix(hidden_units=8, dtype=dtype), _energy(dtype)
    ),
    "mechanical, diagonal": lambda dtype: models.MechanicalHamiltonian(
        models.MLPMassMatrix(hidden_units=8, diagonal=True, angles=[1], dtype=dtype), _energy(dtype)
    ),
    "constant mass": lambda dtype: models.MechanicalHamiltonian(models.ConstantMassMatrix(dtype=dtype), _energy(dtype)),
    "known mass": lambda dtype: models.MechanicalHamiltonian(
        models.ConstantMassMatrix([[2.0, 0.5], [0.5, 1.0]], dtype=dtype), _stock(dtype)
    ),
    "of features": lambda dtype: models.MechanicalHamiltonian(
        models.RandomFeatureMassMatrix(num_features=8, angles=[1], dtype=dtype),
        models.RandomFeatureEnergy(num_features=8, angles=[1], dtype=dtype),
    ),
    "pairs on a line": lambda dtype: models.PairwiseHamiltonian(_energy(dtype), dimension=1),
    "periodic": lambda dtype: models.PeriodicCoordinates(_energy(dtype), [0]),
    "periodic, all angles": lambda dtype: models.SeparableHamiltonian(
        _energy(dtype), models.PeriodicCoordinates(_energy(dtype), [1, 0])
    ),
}


FAST = ("of masses", "mechanical", "pairs on a line", "periodic")


@pytest.fixture(params=[pytest.param(n, marks=[pytest.mark.slow] * (n not in FAST)) for n in HAMILTONIANS])
def build(request):
    return HAMILTONIANS[request.param]


def _network(build, dtype="float64"):
    keras.utils.set_random_seed(0)
    network = HamiltonianNetwork(build(dtype))
    network.build([None, 4])
    return network


def _moved(network, rng):
    """The network with other numbers than its initial ones, where a mass is 1 and much is 0."""
    for weight in network.trainable_weights:
        weight.assign(weight + rng.normal(size=weight.shape) / 10)
    return network


def test_the_gradient_is_the_energys(build, rng):
    hamiltonian = _moved(_network(build), rng).hamiltonian
    state = tf.constant(rng.normal(size=[6, 4]))
    with tf.GradientTape() as tape:
        tape.watch(state)
        energy = hamiltonian(state)
    assert energy.shape == (6,)
    np.testing.assert_allclose(hamiltonian.gradient(state), tape.gradient(energy, state), atol=1e-12)
    np.testing.assert_allclose(hamiltonian.gradient(state[0]), hamiltonian.gradient(state)[0], atol=1e-14)


def test_the_loss_has_a_gradient_by_every_weight(build, rng):
    network, state = _moved(_network(build), rng), tf.constant(rng.normal(size=[6, 4]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(network(state) ** 2)
    assert all(gradient is not None for gradient in tape.gradient(loss, network.trainable_weights))


def test_declared_separability_is_true(build, rng):
    network, state = _moved(_network(build), rng), tf.constant(rng.normal(size=[6, 4]))
    with tf.GradientTape() as tape:
        tape.watch(state)
        field = network(state)
    jacobian = tape.batch_jacobian(field, state).numpy()
    coupling = max(np.abs(jacobian[:, :2, :2]).max(), np.abs(jacobian[:, 2:, 2:]).max())
    assert network.separable == (coupling < 1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_saved_model_is_the_same(build, rng, tmp_path, dtype):
    network, state = _moved(_network(build, dtype), rng), tf.constant(rng.normal(size=[3, 4]), dtype)
    network.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert json.dumps(loaded.get_config()) == json.dumps(network.get_config())
    assert loaded(state).dtype == dtype
    np.testing.assert_array_equal(loaded(state), network(state))


def test_what_is_not_trainable_stays(build):
    network = HamiltonianNetwork(build("float64"), trainable=False)
    network.build([None, 4])
    assert not any(variable.trainable for variable in network.variables)


def test_a_frozen_part_stays_frozen():
    frozen = models.QuadraticKinetic(trainable=False, dtype="float64")
    network = HamiltonianNetwork(models.SeparableHamiltonian(frozen, _energy()))
    network.build([None, 4])
    assert len(network.trainable_weights) == len(network.weights) - 1


@pytest.mark.slow
def test_stock_fit_builds_and_trains(build, rng):
    network = HamiltonianNetwork(build("float32"))
    states = rng.normal(size=[16, 4]).astype("float32")
    network.compile("adam", "mse")
    network.fit(states, states, epochs=1, verbose=0)
    assert network.predict(states, verbose=0).shape == (16, 4)


def test_angles_have_their_period(rng):
    turn, state = np.array([2 * np.pi, 0.0, 0.0, 0.0]), rng.normal(size=[5, 4])
    for hamiltonian in (
        models.PeriodicCoordinates(_energy(), [0]),
        models.MechanicalHamiltonian(
            models.MLPMassMatrix(hidden_units=8, angles=[0], dtype="float64"),
            models.PeriodicCoordinates(_energy(), [0]),
        ),
    ):
        np.testing.assert_allclose(hamiltonian(state + turn), hamiltonian(state), atol=1e-13)
        assert np.abs(hamiltonian(state + np.roll(turn, 1)) - hamiltonian(state)).max() > 1e-3


def test_masses_are_what_momenta_are_divided_by(rng):
    momentum = rng.normal(size=[5, 3])
    kinetic = models.QuadraticKinetic([1.0, 2.0, 4.0], dtype="float64")
    np.testing.assert_allclose(kinetic(momentum), np.sum(momentum**2 / [2.0, 4.0, 8.0], 1), rtol=1e-14)
    assert kinetic.physical_parameters() == {}
    learned = models.QuadraticKinetic(shared=True, dtype="float64")
    learned.build([None, 3])
    learned.trainable_weights[0].assign([np.log(3.0)])
    assert learned.physical_parameters() == {"mass": pytest.approx(3.0)}
    np.testing.assert_allclose(learned.gradient(momentum), momentum / 3.0, rtol=1e-14)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: models.QuadraticKinetic([1.0, 0.0]), r"masses: expected finite numbers > 0; received \[1.0, 0.0\]"),
        (lambda: models.QuadraticKinetic([1.0, 2.0, 3.0]).build([None, 2]), "expected 1 or 2 numbers for momenta"),
        (lambda: models.PeriodicCoordinates(_energy(), [4]).build([None, 4]), "angles: expected different indices"),
        (lambda: models.PeriodicCoordinates(_energy(), [1, 1]).build([None, 4]), "angles: expected different indices"),
        (lambda: models.QuadraticKinetic([1.0], shared=True), "shared: expected learned masses; received known masses"),
        (
            lambda: models.ConstantMassMatrix([[1.0, 2.0], [2.0, 1.0]]),
            "definite matrix; received .* eigenvalue -1",
        ),
        (lambda: models.ConstantMassMatrix([[1.0, 0.5], [0.0, 1.0]]), "differs from its transpose by 0.5"),
        (lambda: models.ConstantMassMatrix([[1.0]], diagonal=True), "diagonal: expected a learned matrix"),
        (lambda: models.PeriodicCoordinates(models.TimeReversibleHamiltonian(_energy()), [0]), "put PeriodicCoord"),
        (lambda: models.ConstantMassMatrix([[1.0]]).build([None, 2]), r"expected a matrix \[2, 2\] for positions"),
        (lambda: models.MLPMassMatrix(activation="relu"), "relu"),
    ],
)
def test_what_fits_no_system_is_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_what_is_no_layer_is_refused():
    with pytest.raises(ValueError, match="potential: expected an energy .* the output has the shape \\(None, 3\\)"):
        models.SeparableHamiltonian(_energy(), keras.layers.Dense(3, dtype="float64")).build([None, 4])
    with pytest.raises(TypeError, match="potential: expected a Keras layer from vectors"):
        models.SeparableHamiltonian(_energy(), lambda q: q)
    with pytest.raises(TypeError, match="mass_matrix: expected a MassMatrix"):
        models.MechanicalHamiltonian(_energy(), _energy())
    with pytest.raises(ValueError, match="potential: expected the precision float64 of the whole layer; received fl"):
        models.SeparableHamiltonian(_energy(), _energy("float32"))


def test_another_width_is_refused(build):
    hamiltonian = _network(build).hamiltonian
    with pytest.raises(ValueError, match="expected inputs of width 4, for which it was built|two or more bodies"):
        hamiltonian.gradient(tf.zeros([5, 2], tf.float64))
