"""The mechanical Hamiltonian of fixed features: values, gradients and symmetries, against NumPy and tapes."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, InputError, RandomFeatureMechanicalHamiltonian, models
from hnn_tf.models.joint_inputs import JointInputs

N = 3


def _adapted(rng, *, n=N, num_features=8, dtype="float64", **options):
    hamiltonian = RandomFeatureMechanicalHamiltonian(num_features=num_features, dtype=dtype, **options)
    hamiltonian.adapt(rng.normal(size=[50, 2 * n]) * np.repeat([1.0, 3.0], n) + 0.5)
    hamiltonian.assign_coefficients(rng.normal(size=hamiltonian.coefficients.shape))
    return hamiltonian


def test_energy_equals_numpys(rng):
    hamiltonian = _adapted(rng, n=2)
    q, p = rng.normal(size=[2, 6, 2])
    weights = {weight.path.split("/")[-1]: weight.numpy() for weight in hamiltonian.weights}
    u = (q - weights["mean"]) / weights["std"]
    products = np.stack([u[:, 0] ** 2, u[:, 0] * u[:, 1], u[:, 1] ** 2], 1)
    phi = np.concatenate([np.tanh(u @ weights["kernel"] + weights["bias"]), 10 * u, 10 * products], 1)
    r = p / weights["momentum_scale"]
    constant, rest = weights["coefficients"][:3], weights["coefficients"][3:].reshape(-1, 4)
    of_11, of_12, of_22, potential = (phi @ rest).T
    expected = potential + (10 * constant[0] + of_11) * r[:, 0] ** 2
    expected += (10 * constant[1] + of_12) * r[:, 0] * r[:, 1] + (10 * constant[2] + of_22) * r[:, 1] ** 2
    # 1e-12: a few roundings of sums of numbers of order 10.
    np.testing.assert_allclose(hamiltonian(np.concatenate([q, p], 1)), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", [(2 * N,), (5, 2 * N), (2, 3, 2 * N)])
def test_energy_is_linear_in_the_coefficients(rng, shape):
    hamiltonian, x = _adapted(rng, periodic=(1, 2)), tf.constant(rng.normal(size=shape))
    coefficients = hamiltonian.coefficients.numpy()
    assert hamiltonian.coefficient_scales.shape == coefficients.shape
    np.testing.assert_allclose(hamiltonian(x), hamiltonian.features(x).numpy() @ coefficients, atol=1e-11)
    gradients = hamiltonian.feature_gradients(x).numpy()
    assert gradients.shape == (*shape, len(coefficients))
    np.testing.assert_allclose(hamiltonian.gradient(x), gradients @ coefficients, atol=1e-11)


@pytest.mark.parametrize("periodic", [pytest.param((1,), marks=pytest.mark.slow), (), (0, 1, 2)])
def test_gradients_equal_the_tapes(periodic, rng):
    hamiltonian, x = _adapted(rng, num_features=3, periodic=periodic), tf.constant(rng.normal(size=[5, 2 * N]))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        energy, features = hamiltonian(x), hamiltonian.features(x)
    # 1e-11: roundings of sums of about 200 numbers of order 10.
    np.testing.assert_allclose(hamiltonian.gradient(x), tape.gradient(energy, x), rtol=1e-12, atol=1e-11)
    expected = np.swapaxes(tape.batch_jacobian(features, x), 1, 2)
    np.testing.assert_allclose(hamiltonian.feature_gradients(x), expected, rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_kinetic_energy_is_that_of_the_inverse_mass_matrix(n, rng):
    hamiltonian = _adapted(rng, n=n)
    q, p = rng.normal(size=[2, 6, n])
    matrix = hamiltonian.inverse_mass_matrix(q).numpy()
    kinetic = hamiltonian(np.concatenate([q, p], 1)) - hamiltonian(np.concatenate([q, 0 * p], 1))
    np.testing.assert_allclose(kinetic, np.einsum("bi,bij,bj->b", p, matrix, p) / 2, atol=1e-11)
    np.testing.assert_array_equal(matrix, matrix.swapaxes(1, 2))
    np.testing.assert_allclose(hamiltonian.inverse_mass_matrix(q[0]), matrix[0], atol=1e-12)


def test_angles_come_back_after_a_turn(rng):
    hamiltonian, x = _adapted(rng, periodic=(0, 2)), rng.normal(size=[5, 2 * N])
    turn = 2 * np.pi * np.eye(2 * N)
    np.testing.assert_allclose(hamiltonian(x + turn[0] - turn[2]), hamiltonian(x), atol=1e-11)
    assert np.abs(hamiltonian(x + turn[1]) - hamiltonian(x)).max() > 0.1


def test_units_read_all_positions_or_one_combination_of_them(rng):
    hamiltonian = _adapted(rng, num_features=28, periodic=(0, 2))
    kernel = next(weight for weight in hamiltonian.weights if weight.name == "kernel").numpy()
    # q_2, and the sines and cosines of q_1, q_3, q_1 + q_3 and q_1 - q_3.
    assert kernel.shape == (1 + 2 * 4, 28)
    assert (kernel[:, :14] != 0).all()
    read = {tuple(np.flatnonzero(column)) for column in kernel[:, 14:].T}
    assert read == {(0,), (1, 5), (2, 6), (3, 7), (4, 8)}


def test_inputs_and_products_hold_each_function_of_two_angles_once(rng):
    inputs, q = JointInputs(3, (2, 0)), rng.normal(size=[60, 3])
    z = inputs.value(tf.constant(q)).numpy()
    a, b = q[:, 2], q[:, 0]
    expected = [q[:, 1], *(f(x) for f in (np.sin, np.cos) for x in (a, b, a + b, a - b))]
    np.testing.assert_allclose(z, np.stack(expected, 1), atol=1e-15)
    monomials = np.concatenate([z, np.stack([z[:, j] * z[:, k] for j, k in inputs.products], 1), np.ones([60, 1])], 1)
    # Only sin^2 + cos^2 = 1 of each angle is there twice.
    assert np.linalg.matrix_rank(monomials) == monomials.shape[1] - 2
    of_all = np.stack([x * y for x, y in itertools.combinations_with_replacement(z[:, [0, 1, 2, 5, 6]].T, 2)], 1)
    fitted = monomials @ np.linalg.lstsq(monomials, of_all, rcond=None)[0]
    np.testing.assert_allclose(fitted, of_all, atol=1e-12)


def test_adapt_takes_the_scale_of_the_momenta_and_changes_no_coefficient(rng):
    states = rng.normal(size=[40, 4]) * [1.0, 1.0, 5.0, 1e-3] + [0.0, 0.0, 2.0, 0.0]
    hamiltonian = RandomFeatureMechanicalHamiltonian(num_features=6, dtype="float64")
    hamiltonian.build([None, 4])
    before = hamiltonian.coefficients.numpy()
    hamiltonian.adapt(states, seed=3)
    np.testing.assert_array_equal(hamiltonian.coefficients, before)
    scale = next(weight for weight in hamiltonian.weights if weight.name == "momentum_scale").numpy()
    np.testing.assert_allclose(scale, np.sqrt(np.mean(states[:, 2:] ** 2, 0)), rtol=1e-14)
    assert [weight.name for weight in hamiltonian.trainable_variables] == ["coefficients"]
    still = np.zeros([5, 4])
    hamiltonian.adapt(still)
    assert all(np.isfinite(weight).all() for weight in hamiltonian.weights)


@pytest.mark.parametrize("num_features", [1, 3])
def test_fewer_units_than_groups_are_no_trouble(num_features, rng):
    hamiltonian = _adapted(rng, n=2, num_features=num_features, periodic=(0, 1))
    assert np.isfinite(hamiltonian(rng.normal(size=[5, 4]))).all()


def test_a_new_one_is_near_an_oscillator(rng):
    hamiltonian = RandomFeatureMechanicalHamiltonian(dtype="float64")
    eigenvalues = np.linalg.eigvalsh(hamiltonian.inverse_mass_matrix(rng.uniform(-2, 2, [50, 2])))
    # The bumps' standard deviations add up to 0.1 in each entry.
    assert 0.6 < eigenvalues.min()
    assert eigenvalues.max() < 1.4


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own
def test_what_was_adapted_is_saved(rng, tmp_path):
    model = HamiltonianNetwork(_adapted(rng, dtype="float32", activation="sine", periodic=(2,)))
    x = tf.constant(rng.normal(size=[5, 2 * N]), tf.float32)
    expected = model(x)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(x), expected)
    assert loaded.hamiltonian.get_config() == model.hamiltonian.get_config()


def test_the_last_width_is_the_number_of_units():
    options = {"activation": "sine", "dtype": "float64", "periodic": (0,), "time_reversible": True}
    for name in ("mechanical_random_features", "mechanical_random_features_friction"):
        hamiltonian = models.MODELS[name](hidden_units=(7, 9), **options).hamiltonian
        assert type(hamiltonian) is RandomFeatureMechanicalHamiltonian  # which is even in p already
        config = hamiltonian.get_config()
        assert (config["num_features"], config["activation"], config["periodic"]) == (9, "sine", (0,))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "relu"}, "'relu': expected a smooth activation for a Hamiltonian"),
        ({"num_features": 0}, "num_features: expected an integer >= 1; received 0"),
        ({"periodic": (2,)}, r"periodic: expected different indices of positions, 0 to 1; received \(2,\)"),
        ({"periodic": (0, 0)}, r"periodic: expected different indices of positions, 0 to 1; received \(0, 0\)"),
    ],
)
def test_options_that_cannot_be_used_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        RandomFeatureMechanicalHamiltonian(**options).build([None, 4])


@pytest.mark.parametrize("states", [np.zeros([1, 4]), np.zeros([4]), np.full([5, 4], [0, 0, 0, np.nan])])
def test_states_that_cannot_be_adapted_to_are_refused(states):
    with pytest.raises(InputError, match=r"adapt: expected finite states or positions \[N, d\], N >= 2"):
        RandomFeatureMechanicalHamiltonian().adapt(states)
