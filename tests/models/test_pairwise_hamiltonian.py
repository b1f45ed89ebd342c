"""Bodies in pairs: what H does not notice, what its motion conserves, and other numbers of bodies."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, models, rollout, systems
from hnn_tf.input_error import InputError
from hnn_tf.models import body_pairs

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def _layer(dimension=2, dtype="float64", **options):
    keras.utils.set_random_seed(0)
    potential = models.MLPEnergy(hidden_units=[8, 8], dtype=dtype)
    return models.PairwiseHamiltonian(potential, dimension=dimension, **options)


def _turned(values, dimension, angle=0.7):
    """Positions or momenta `[..., n]`, turned in the plane of x and y."""
    turn = np.eye(dimension)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    of_bodies = values.reshape(*values.shape[:-1], dimension, -1)
    return (turn @ of_bodies).reshape(values.shape)


@pytest.mark.parametrize("dimension", [2, 3])
def test_moved_turned_and_renumbered_bodies_have_the_same_energy(dimension, rng):
    layer, (q, p) = _layer(dimension), rng.normal(size=[2, 5, 4 * dimension])
    energy = layer(np.concatenate([q, p], 1))
    shift = np.repeat(rng.normal(size=dimension), 4)
    turned = np.concatenate([_turned(q + shift, dimension), _turned(p, dimension)], 1)
    np.testing.assert_allclose(layer(turned), energy, rtol=1e-12)
    order = rng.permutation(4)
    renumbered = np.concatenate([part.reshape(5, dimension, 4)[..., order].reshape(5, -1) for part in (q, p)], 1)
    np.testing.assert_allclose(layer(renumbered), energy, rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_momentum_and_angular_momentum_are_constant(dtype, rng):
    system, model = systems.NBody(masses=(1.0,) * 3), HamiltonianNetwork(_layer(dtype=dtype))
    start = tf.constant(rng.normal(size=[4, 12]), dtype)
    path = tf.cast(rollout(model, start, step_size=0.05, num_steps=200, integrator="leapfrog"), tf.float64)
    assert np.abs(path[:, -1] - path[:, 0]).max() > 0.5
    # Each of 200 steps rounds q and p, and 12 numbers make a conserved one: a random walk of sqrt(2400) roundings of
    # the largest term, and four times as much for another processor.
    q, p = np.abs(path[..., :6]).max(), np.abs(path[..., 6:]).max()
    rounding = 4 * np.sqrt(2400) * np.finfo(dtype).eps / 2
    for conserved, size in ((system.total_momentum(path), p), (system.angular_momentum(path), q * p)):
        start = np.broadcast_to(conserved[:, :1], conserved.shape)
        np.testing.assert_allclose(conserved, start, atol=rounding * size)


def test_the_gradient_is_the_energys(rng):
    for layer in (_layer(), _layer(kinds=[0, 1, 0]), _layer(pairs=[(0, 2), (1, 2)])):
        state = tf.constant(rng.normal(size=[5, 12]))
        with tf.GradientTape() as tape:
            tape.watch(state)
            energy = layer(state)
        np.testing.assert_allclose(layer.gradient(state), tape.gradient(energy, state), atol=1e-12)
        np.testing.assert_allclose(layer.gradient(state[0]), layer.gradient(state)[0], atol=1e-14)


def test_it_is_the_sum_over_pairs_of_any_number_of_bodies(rng):
    layer = _layer()
    layer.build([None, 8])
    q, p = rng.normal(size=[2, 2, 5])
    expected = 0.5 * np.sum(p**2)
    for i in range(5):
        for j in range(i):
            distance = np.hypot(*(q[:, i] - q[:, j]))
            expected += layer.potential(tf.constant([[np.log(distance)]], tf.float64)).numpy()[0]
    state = np.concatenate([q, p]).ravel()
    assert layer(state).numpy() == pytest.approx(expected, rel=1e-12)
    velocity = HamiltonianNetwork(layer)(state[np.newaxis]).numpy()[0, :10]
    np.testing.assert_allclose(velocity, p.ravel(), rtol=1e-14)


def test_a_copy_has_the_same_weights_for_other_pairs_of_more_bodies(rng):
    layer = _layer(pairs=[(0, 1)])
    layer.build([None, 8])
    layer.set_weights([weights + rng.normal(size=weights.shape) for weights in layer.get_weights()])
    copied = layer.with_pairs([(0, 1), (3, 1)])
    q, p = rng.normal(size=[2, 2, 4])
    expected = 0.5 * np.sum(p**2) / layer.masses.numpy()[0]
    for i, j in [(0, 1), (1, 3)]:
        distance = np.hypot(*(q[:, i] - q[:, j]))
        expected += layer.potential(tf.constant([[np.log(distance)]], tf.float64)).numpy()[0]
    assert copied(np.concatenate([q, p]).ravel()).numpy() == pytest.approx(expected, rel=1e-12)
    assert (layer.pairs, copied.pairs) == (((0, 1),), ((0, 1), (3, 1)))
    assert not _layer().with_pairs([(0, 1)]).built


def test_kinds_have_masses_and_potentials_of_their_own(rng):
    layer = _layer(kinds=[0, 1, 0], masses=[1.0, 4.0])
    q, p = rng.normal(size=[2, 5, 6])
    velocity = layer.gradient(np.concatenate([q, p], 1)).numpy()[:, 6:]
    np.testing.assert_allclose(velocity, p / [1.0, 4.0, 1.0, 1.0, 4.0, 1.0], rtol=1e-12)
    equal = _layer(kinds=[0, 1, 0], masses=[1.0, 1.0])

    def renumbered(order):
        return np.concatenate([part.reshape(5, 2, 3)[..., order].reshape(5, -1) for part in (q, p)], 1)

    energy = equal(renumbered([0, 1, 2]))
    np.testing.assert_allclose(equal(renumbered([2, 1, 0])), energy, rtol=1e-12)
    assert np.abs(equal(renumbered([1, 0, 2])) - energy).max() > 1e-3


def test_learned_masses_have_names():
    layer = _layer(kinds=[0, 1, 0])
    assert layer.physical_parameters() == {}
    network = HamiltonianNetwork(layer)
    network.build([None, 12])
    assert network.physical_parameters() == {"mass_of_kind_0": 1.0, "mass_of_kind_1": 1.0}


def test_bodies_at_one_point_have_a_finite_energy_and_no_force():
    steep = keras.layers.Dense(1, kernel_initializer=keras.initializers.Constant(1e4), use_bias=False)  # V = 1e4 log r
    layer, state = models.PairwiseHamiltonian(steep), tf.zeros([1, 8])
    with tf.GradientTape() as tape:
        tape.watch(state)
        gradient = layer.gradient(state)
    assert np.isfinite(layer(state)).all()
    np.testing.assert_array_equal(gradient, 0.0)
    assert np.isfinite(tape.gradient(gradient, state)).all()


@pytest.mark.parametrize("most", [2, 128])
def test_each_pair_has_the_parameters_of_its_state(most, rng, monkeypatch):
    monkeypatch.setattr(body_pairs, "MOST_PAIRS", most)
    potential = models.MLPEnergy(hidden_units=[8], num_parameters=2, dtype="float64")
    layer = models.PairwiseHamiltonian(potential, kinds=[0, 1, 0, 1])
    state, theta = (tf.constant(rng.normal(size=[3, width])) for width in (16, 2))
    with tf.GradientTape() as tape:
        tape.watch(state)
        energy = layer(state, parameters=theta)
    gradient = layer.gradient(state, parameters=theta)
    # Some 30 products, in another order.
    np.testing.assert_allclose(gradient, tape.gradient(energy, state), rtol=0, atol=1e-13)
    for one, own, expected in zip(state, theta, energy, strict=True):
        np.testing.assert_allclose(layer(one, parameters=own), expected, rtol=1e-13)
    assert np.abs(energy - layer(state, parameters=theta[::-1]))[0] > 1e-3
    forces = np.reshape(gradient[:, :8], [3, 2, 4])
    np.testing.assert_allclose(forces.sum(-1), 0.0, atol=1e-13)
    with pytest.raises(InputError, match="expected parameters of width 2; received none"):
        layer(state)


def test_a_saved_model_is_the_same(rng, tmp_path):
    network = HamiltonianNetwork(_layer(kinds=[0, 1, 0], pairs=[(0, 1), (1, 2)]))
    network.build([None, 12])
    network.save(tmp_path / "model.keras")
    state = tf.constant(rng.normal(size=[3, 12]))
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "model.keras")(state), network(state))


@pytest.mark.parametrize(
    ("options", "width", "message"),
    [
        ({}, 6, "expected states of two or more bodies of dimension 2, 4 numbers each; received states of width 6"),
        ({}, 4, "expected states of two or more bodies"),
        ({"kinds": [0, 1]}, 12, "expected 2 bodies, as kinds says; received 3"),
        ({"kinds": [0, 2]}, 8, "kinds: expected numbers 0, 1, ... without gaps"),
        ({"pairs": [(0, 3)]}, 12, "pairs: expected two different bodies of 3"),
        ({"kinds": []}, 8, "kinds: expected numbers 0, 1, ... without gaps"),
        ({"pairs": []}, 12, "pairs: expected at least one pair"),
        ({"pairs": [(0, 1), (1, 0)]}, 12, "each pair once"),
        ({"masses": [1.0, 2.0]}, 8, "masses: expected 1, one for each kind"),
        ({"masses": [-1.0]}, 8, "masses: expected finite numbers > 0"),
        ({"dimension": 0}, 8, "dimension: expected an integer >= 1"),
        ({"dimension": 1.5}, 8, "dimension: expected an integer >= 1"),
    ],
)
def test_what_are_no_bodies_is_refused(options, width, message):
    with pytest.raises(InputError, match=message):
        _layer(**options).build([None, width])
