"""The Hamiltonian of fixed features: values, gradients and structure, against NumPy, tapes and symmetries."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import hnn_tf
from hnn_tf import InputError, RandomFeatureHamiltonian, models

OPTIONS = {
    "full": {},
    "separable": {"structure": "separable"},
    "angle": {"periodic": (1,)},
    "separable angles": {"structure": "separable", "periodic": (0, 1, 2, 3, 4, 5)},
    "plane": {"structure": "pairwise"},
    "space": {"structure": "pairwise", "dimension": 3},
}
WIDTH = 12  # three bodies in the plane, or two in space


@pytest.fixture(params=sorted(OPTIONS))
def options(request):
    return OPTIONS[request.param]


def _adapted(rng, *, width=WIDTH, num_features=20, dtype="float64", **options):
    hamiltonian = RandomFeatureHamiltonian(num_features=num_features, dtype=dtype, **options)
    hamiltonian.adapt(rng.normal(size=[50, width]) + 0.5)
    hamiltonian.assign_coefficients(rng.normal(size=hamiltonian.coefficients.shape))
    return hamiltonian


def test_energy_equals_numpys(rng):
    hamiltonian, x = _adapted(rng, width=4), rng.normal(size=[6, 4])
    mean, std, kernel, bias = (v.numpy() for v in hamiltonian.non_trainable_variables)
    u, w = (x - mean) / std, hamiltonian.coefficients.numpy()
    products = [u[:, j] * u[:, k] for j in range(4) for k in range(j, 4)]
    features = np.concatenate([np.tanh(u @ kernel + bias), 10 * u, 10 * np.stack(products, -1)], 1)
    # 1e-12: a few roundings of sums of numbers of order 10.
    np.testing.assert_allclose(hamiltonian(tf.constant(x)), features @ w, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", [(WIDTH,), (5, WIDTH), (2, 3, WIDTH)])
@pytest.mark.parametrize("name", ["full", "plane"])
def test_energy_is_linear_in_the_coefficients(name, rng, shape):
    hamiltonian, x = _adapted(rng, **OPTIONS[name]), tf.constant(rng.normal(size=shape))
    expected = hamiltonian.features(x).numpy() @ hamiltonian.coefficients.numpy()
    np.testing.assert_allclose(hamiltonian(x), expected, atol=1e-12)
    gradients = hamiltonian.feature_gradients(x).numpy()
    assert gradients.shape == (*shape, len(hamiltonian.coefficients))
    np.testing.assert_allclose(hamiltonian.gradient(x), gradients @ hamiltonian.coefficients.numpy(), atol=1e-11)


@pytest.mark.parametrize(
    ("name", "activation"), [*((name, "tanh") for name in OPTIONS), ("full", "sine"), ("full", "softplus")]
)
def test_gradients_equal_the_tapes(name, activation, rng):
    hamiltonian = _adapted(rng, activation=activation, num_features=6, **OPTIONS[name])
    x = tf.constant(rng.normal(size=[5, WIDTH]))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        energy, features = hamiltonian(x), hamiltonian.features(x)
    # 1e-11: roundings of sums of about 100 numbers of order 10; bodies that are near each other have larger ones.
    np.testing.assert_allclose(hamiltonian.gradient(x), tape.gradient(energy, x), rtol=1e-12, atol=1e-11)
    expected = np.swapaxes(tape.batch_jacobian(features, x), 1, 2)
    np.testing.assert_allclose(hamiltonian.feature_gradients(x), expected, rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("adapted", [True, False])
def test_declared_separability_is_true(options, rng, adapted):
    if adapted:
        hamiltonian = _adapted(rng, **options)
    else:
        hamiltonian = RandomFeatureHamiltonian(num_features=20, dtype="float64", **options)
        hamiltonian.build([None, WIDTH])
    q, p = rng.normal(size=[2, 2, 5, WIDTH // 2])
    energy = [[hamiltonian(tf.constant(np.concatenate([a, b], 1))).numpy() for b in p] for a in q]
    # Of T(p) + V(q) the second, mixed difference is 0 but for roundings of numbers of order 100.
    mixed = np.abs(energy[0][0] - energy[0][1] - energy[1][0] + energy[1][1]).max()
    assert hamiltonian.separable == (mixed < 1e-11)


def _energy_change(hamiltonian, x, moved):
    return np.abs(hamiltonian(tf.constant(moved)) - hamiltonian(tf.constant(x))).max()


def test_an_angle_comes_back_after_a_turn(rng):
    hamiltonian, x = _adapted(rng, width=4, periodic=(1,)), rng.normal(size=[5, 4])
    assert _energy_change(hamiltonian, x, x + [0, 2 * np.pi, 0, 0]) < 1e-12
    assert _energy_change(hamiltonian, x, x + [2 * np.pi, 0, 0, 0]) > 0.1


@pytest.mark.parametrize(("dimension", "width"), [(2, 12), (3, 12), (1, 6)])
def test_pairwise_does_not_notice_where_and_how_turned_the_bodies_are(rng, dimension, width):
    hamiltonian = _adapted(rng, width=width, structure="pairwise", dimension=dimension)
    x = rng.normal(size=[5, width])
    q, p = x[:, : width // 2].reshape(5, dimension, -1), x[:, width // 2 :]
    rotation = np.linalg.qr(rng.normal(size=[dimension, dimension]))[0]
    moved = np.einsum("ij,njb->nib", rotation, q) + rng.normal(size=[dimension, 1])
    assert _energy_change(hamiltonian, x, np.concatenate([moved.reshape(5, -1), p], 1)) < 1e-11
    assert _energy_change(hamiltonian, x, np.concatenate([1.1 * q.reshape(5, -1), p], 1)) > 0.01


def test_bodies_at_one_point_have_an_energy_and_no_force(rng):
    hamiltonian = _adapted(rng, width=8, structure="pairwise")
    together = tf.constant(np.array([[1.0, 1.0, 2.0, 2.0, 0.1, 0.2, 0.3, 0.4]]))  # x of both, y of both, momenta
    assert np.isfinite(hamiltonian(together)).all()
    np.testing.assert_array_equal(hamiltonian.gradient(together)[:, :4], 0)


def test_adapt_takes_mean_and_spread_and_units_from_the_data(rng):
    states = rng.normal(size=[200, 4]) * [1, 10, 1e-3, 1] + [0, 5, 2, -3]
    hamiltonian = RandomFeatureHamiltonian(num_features=30, dtype="float64")
    hamiltonian.adapt(states, seed=3)
    mean, std, kernel, bias = (v.numpy() for v in hamiltonian.non_trainable_variables)
    np.testing.assert_allclose(mean, states.mean(0), rtol=1e-12)
    np.testing.assert_allclose(std, states.std(0), rtol=1e-12)
    u = (states - mean) / std
    # Each unit is 0 halfway between two states, and grows by 0.2 from one to the other.
    halfway = ((u[:, None] + u[None]) / 2 @ kernel + bias)[np.triu_indices(len(u), 1)]
    assert np.abs(halfway).min(0).max() < 1e-12
    assert np.all(np.std(u @ kernel, 0) < 1)


def test_adapt_is_repeated_by_its_seed(rng):
    states, kernels = rng.normal(size=[50, 4]), []
    for seed in (0, 0, 1):
        hamiltonian = RandomFeatureHamiltonian(num_features=8)
        hamiltonian.adapt(states, seed=seed)
        kernels.append(hamiltonian.non_trainable_variables[2].numpy())
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert np.abs(kernels[0] - kernels[2]).max() > 0.01


def test_a_coordinate_that_never_changes_is_no_trouble(rng):
    states = rng.normal(size=[50, 4]) * [1, 0, 1, 1] + [0, 2, 0, 0]
    hamiltonian = RandomFeatureHamiltonian(num_features=8, structure="separable")
    hamiltonian.adapt(states)
    assert all(np.isfinite(v).all() for v in hamiltonian.variables)


def test_fewer_units_than_groups_are_no_trouble(rng):
    hamiltonian = RandomFeatureHamiltonian(num_features=1, structure="separable")
    hamiltonian.adapt(rng.normal(size=[50, 4]))
    assert all(np.isfinite(v).all() for v in hamiltonian.variables)


def test_only_the_coefficients_are_trained(rng):
    hamiltonian = _adapted(rng, width=4)
    assert [v.name for v in hamiltonian.trainable_variables] == ["coefficients"]
    assert [v.name for v in hamiltonian.non_trainable_variables] == ["mean", "std", "kernel", "bias"]


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras' own
def test_what_was_adapted_is_saved(options, rng, tmp_path):
    model = hnn_tf.HamiltonianNetwork(_adapted(rng, dtype="float32", **options))
    x = tf.constant(rng.normal(size=[5, WIDTH]), tf.float32)
    expected = model(x)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(x), expected)
    assert loaded.separable == model.separable


def test_the_last_width_is_the_number_of_features():
    model = models.MODELS["random_features"](hidden_units=(7, 9), activation="sine", dtype="float64")
    assert (model.hamiltonian.num_features, model.hamiltonian.activation) == (9, "sine")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"structure": "seperable"}, "structure: expected one of full, separable, pairwise; received 'seperable'"),
        ({"activation": "relu"}, "'relu': expected a smooth activation for a Hamiltonian"),
        ({"num_features": 0}, "num_features: expected an integer >= 1; received 0"),
        ({"structure": "pairwise", "periodic": (0,)}, "periodic: expected none .* distances of bodies have no period"),
        ({"periodic": (2,)}, r"periodic: expected indices of positions, 0 to 1; received \(2,\)"),
        ({"structure": "pairwise"}, "expected two or more bodies of dimension 2, 4 numbers each; received .* width 4"),
    ],
)
def test_options_that_cannot_be_used_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        RandomFeatureHamiltonian(**options).build([None, 4])


@pytest.mark.parametrize("states", [np.zeros([1, 4]), np.zeros([4]), np.full([5, 4], np.nan)])
def test_states_that_cannot_be_adapted_to_are_refused(states):
    with pytest.raises(InputError, match=r"adapt: expected finite states or positions \[N, d\], N >= 2"):
        RandomFeatureHamiltonian().adapt(states)
