"""The Lagrangian network: its motion against closed formulas, its energy, and what has no motion."""

import double_pendulum_velocities as pendulum
import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import InputError, models
from hnn_tf.models import LagrangianNetwork, MLPLagrangian
from hnn_tf.objectives import DerivativeMatching
from hnn_tf.training.start import begin


class _Relativistic(keras.layers.Layer):
    """A particle of unit mass and unit speed of light in the potential q^2 / 2."""

    def call(self, state):
        return -tf.sqrt(1.0 - state[..., 1] ** 2) - state[..., 0] ** 2 / 2


class _Magnetic(keras.layers.Layer):
    """A unit charge in the field 3 across the plane."""

    def call(self, state):
        q_1, q_2, v_1, v_2 = tf.unstack(state, axis=-1)
        return (v_1**2 + v_2**2) / 2 + 1.5 * (q_1 * v_2 - q_2 * v_1)


class _Saddle(keras.layers.Layer):
    """A Lagrangian without a motion where q <= 0, because d2L/dv2 = q."""

    def call(self, state):
        return state[..., 0] * state[..., 1] ** 2 / 2


class _WithoutTerms(keras.layers.Layer):
    """A Lagrangian that tapes differentiate."""

    def __init__(self, lagrangian):
        super().__init__(dtype="float64")
        self.lagrangian = lagrangian

    def call(self, state):
        return self.lagrangian(state)


def _network(lagrangian, dissipation=None, width=4):
    model = LagrangianNetwork(lagrangian, dissipation)
    model.build([None, width])
    return model


def _learned(dissipation=None, **options):
    keras.utils.set_random_seed(1)
    return _network(MLPLagrangian(hidden_units=(6, 8), dtype="float64", **options), dissipation)


@pytest.fixture(scope="module")
def learned():
    return _learned()


@pytest.mark.parametrize("compiled", [False, True])
def test_the_true_lagrangian_gives_the_true_motion(compiled, rng):
    model, samples = _network(pendulum.TrueLagrangian(dtype="float64")), pendulum.samples(rng, 50, dtype="float64")
    motion = tf.function(model, jit_compile=True, autograph=False) if compiled else model
    # 1e-12: the condition number of M is below 10, and the terms are of order 10.
    np.testing.assert_allclose(motion(tf.constant(samples["state"])), samples["time_derivative"], atol=1e-12)


def test_a_kinetic_energy_that_is_not_quadratic(rng):
    model, q, v = _network(_Relativistic(dtype="float64"), width=2), *rng.uniform(-0.9, 0.9, [2, 20])
    state = np.stack([q, v], 1)
    # 1e-13: a few roundings of numbers up to (1 - 0.81)^-1.5 = 12.
    np.testing.assert_allclose(model(state), np.stack([v, -q * (1 - v**2) ** 1.5], 1), atol=1e-13)
    np.testing.assert_allclose(model.hamiltonian(state), (1 - v**2) ** -0.5 + q**2 / 2, atol=1e-13)
    np.testing.assert_allclose(model.to_canonical(state)[:, 1], v * (1 - v**2) ** -0.5, atol=1e-13)


def test_a_force_across_the_velocity(rng):
    model, state = _network(_Magnetic(dtype="float64")), rng.normal(size=[10, 4])
    expected = np.stack([state[:, 2], state[:, 3], 3 * state[:, 3], -3 * state[:, 2]], 1)
    np.testing.assert_allclose(model(state), expected, atol=1e-14)
    np.testing.assert_allclose(model(state[0]), expected[0], atol=1e-14)


@pytest.mark.parametrize("angles", [(), (1,), (0, 1)])
def test_the_terms_written_out_are_the_tapes(angles, rng):
    model, state = _learned(angles=angles), tf.constant(rng.normal(size=[6, 4]))
    for weight in model.trainable_weights:
        weight.assign(weight + rng.normal(size=weight.shape) / 5)
    taped = _network(_WithoutTerms(model.lagrangian))
    terms, expected = (each.hamiltonian.motion_terms(state) for each in (model, taped))
    for found, value in zip(terms, expected, strict=True):
        np.testing.assert_allclose(found, value, atol=1e-12)  # roundings of sums of 8 terms, up to 100
    np.testing.assert_allclose(model.to_canonical(state), taped.to_canonical(state), atol=1e-12)
    assert model.hamiltonian.motion_terms(state[0])[2].shape == [2, 2]


def test_the_motion_is_made_of_plain_operations(learned):
    graph = tf.function(learned, autograph=False).get_concrete_function(tf.TensorSpec([None, 4], tf.float64)).graph
    assert not [operation.type for operation in graph.get_operations() if operation.type.endswith("Grad")]


def test_the_mass_matrix_is_positive_definite_whatever_the_weights(rng):
    model, state = _learned(), rng.normal(size=[50, 4])
    for weight in model.trainable_weights:
        weight.assign(2 * rng.normal(size=weight.shape))
    matrix = model.mass_matrix(state).numpy()
    floor = np.exp(next(float(w) for w in model.trainable_weights if w.name == "log_floor"))
    assert np.linalg.eigvalsh(matrix).min() >= floor * (1 - 1e-12)
    assert np.isfinite(model(state)).all()


@pytest.mark.parametrize("n", [1, 2, 6])
def test_a_new_mass_matrix_is_near_the_identity(n, rng):
    eigenvalues = np.linalg.eigvalsh(_network(MLPLagrangian(), width=2 * n).mass_matrix(rng.normal(size=[100, 2 * n])))
    assert eigenvalues.min() > 0.05
    assert eigenvalues.max() < 5.0


def test_an_angle_has_its_period(rng):
    model, state, turn = _learned(angles=[0]), rng.normal(size=[4, 4]), np.array([2 * np.pi, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(model(state + turn), model(state), atol=1e-12)
    assert np.abs(model(state + np.roll(turn, 1)) - model(state)).max() > 1e-3


def test_friction_takes_its_power_from_the_energy(rng):
    model, state = _learned(models.LinearFriction(shared=False, dtype="float64")), rng.normal(size=[6, 4])
    model.dissipation.trainable_weights[0].assign([0.5, 2.0])
    power = np.sum(model.hamiltonian.gradient(state) * model(state), 1)
    # 1e-13: a few roundings of terms of order 10.
    np.testing.assert_allclose(power, -(state[:, 2:] ** 2) @ [0.25, 4.0], atol=1e-13)


def test_a_state_without_a_motion_is_nan_and_leaves_the_others(rng):
    model, state = _network(_Saddle(dtype="float64"), width=2), rng.normal(size=[20, 2])
    state[0, 0] = 0.0
    finite = np.isfinite(model(state)).all(1)
    np.testing.assert_array_equal(finite, state[:, 0] > 0)
    with pytest.raises(InputError, match=r"expected a positive definite d2L/dv2.* at \d+ of 20 states; take"):
        model.check_states(state)
    model.check_states(state[finite])
    model.check_states(np.full([3, 2], np.nan))  # a reading that is missing is no state


def test_a_training_on_such_states_does_not_begin(rng):
    states, objective = rng.normal(size=[20, 2]), DerivativeMatching()
    samples = {"state": states, "time_derivative": states}
    with pytest.raises(InputError, match="eigenvalue .* at the state"):
        begin(_network(_Saddle(dtype="float64"), width=2), objective, samples)
    begin(_network(MLPLagrangian(hidden_units=4), width=2), objective, samples)


def test_what_is_no_lagrangian_is_refused():
    with pytest.raises(TypeError, match="lagrangian: expected a Keras layer"):
        LagrangianNetwork(lambda state: state)
    with pytest.raises(InputError, match="angles: expected different indices from 0 to 1"):
        _learned(angles=[2])
    with pytest.raises(InputError, match="relu"):
        MLPLagrangian(activation="relu")
    with pytest.raises(InputError, match="time_reversible: expected .*model='lagrangian'; take mechanical_velocity"):
        models.MODELS["lagrangian"](hidden_units=[4], activation="tanh", dtype="float32", time_reversible=True)


def test_stock_layers_are_a_lagrangian(rng):
    model = _network(keras.Sequential([keras.layers.Dense(8, "softplus"), keras.layers.Dense(1)]))
    state = rng.normal(size=[5, 4]).astype("float32")
    assert model.hamiltonian(state).shape == [5]
    assert model(state).shape == [5, 4]
