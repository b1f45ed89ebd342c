"""Mechanical Hamiltonians by linear solves: known answers, friction, trajectories, and a warning of negative masses."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import (
    HamiltonianNetwork,
    InputWarning,
    MechanicalHamiltonian,
    MLPEnergy,
    MLPMassMatrix,
    RandomFeatureHamiltonian,
    RandomFeatureMechanicalHamiltonian,
    TimeReversibleHamiltonian,
    closed_form,
    data,
    objectives,
    symplectic_gradient,
    systems,
)
from hnn_tf.models import ConstantMassMatrix, LinearFriction, LinearInput
from hnn_tf.training import warm_start

LARGEST = np.array([np.pi, np.pi, 1.0, 1.0])


def _features(**options):
    return RandomFeatureMechanicalHamiltonian(**({"num_features": 10, "dtype": "float64"} | options))


def _joints(state):
    """H of two angles, which is among the features."""
    q_1, q_2, p_1, p_2 = tf.unstack(state, axis=-1)
    kinetic = (2 + tf.cos(q_1)) * p_1**2 / 2 + 0.5 * tf.cos(q_1 - q_2) * p_1 * p_2 + p_2**2
    return kinetic + tf.sin(q_1 + q_2) - tf.cos(q_1)


def _samples(rng, hamiltonian, *, count=300, friction=0.0):
    state = LARGEST * rng.uniform(-1, 1, [count, 4])
    motion = symplectic_gradient(hamiltonian, tf.constant(state)).numpy()
    motion[:, 2:] -= friction * state[:, 2:]
    return {"state": state, "time_derivative": motion}


def test_what_is_among_the_features_is_found_exactly(rng):
    model = HamiltonianNetwork(_features(periodic=(0, 1)))
    report = closed_form.fit(model, _samples(rng, _joints))
    unseen = _samples(rng, _joints)
    # 1e-11: a float64's 16 digits less those of the condition of the features.
    np.testing.assert_allclose(model(unseen["state"]), unseen["time_derivative"], atol=1e-11)
    assert report.solution.noise_std < 1e-12
    q = unseen["state"][:1, :2]
    off, cosine = 0.5 * np.cos(q[0, 0] - q[0, 1]), np.cos(q[0, 0])
    np.testing.assert_allclose(model.hamiltonian.inverse_mass_matrix(q)[0], [[2 + cosine, off], [off, 2]], atol=1e-11)


def test_friction_is_found_beside_it(rng):
    report = closed_form.fit(_features(periodic=(0, 1)), _samples(rng, _joints, friction=0.3), friction=True)
    np.testing.assert_allclose(report.friction, [0.3, 0.3], atol=1e-11)


def _error(hamiltonian, rng):
    """Of H of a double pendulum, relative to its standard deviation."""
    states = tf.constant(LARGEST * rng.uniform(-1, 1, [1000, 4]))
    energy, truth = hamiltonian(states).numpy(), systems.DoublePendulum().hamiltonian(states).numpy()
    return np.std(energy - truth) / np.std(truth)


def test_a_double_pendulum_is_found_more_exactly_than_by_features_of_the_whole_state(rng):
    system = systems.DoublePendulum()
    samples = _samples(rng, system.hamiltonian, count=400)
    mechanical = _features(num_features=40, periodic=(0, 1))
    full = RandomFeatureHamiltonian(num_features=192, periodic=(0, 1), dtype="float64")
    for hamiltonian in (mechanical, full):
        closed_form.fit(hamiltonian, samples)
    assert len(mechanical.coefficients) == len(full.coefficients) == 219
    errors = [_error(hamiltonian, rng) for hamiltonian in (mechanical, full)]
    assert errors[0] < errors[1] / 4


@pytest.mark.slow
def test_a_double_pendulum_is_found_to_four_digits(rng):
    hamiltonian = _features(num_features=160, periodic=(0, 1))
    closed_form.fit(hamiltonian, _samples(rng, systems.DoublePendulum().hamiltonian, count=1500))
    assert _error(hamiltonian, rng) < 1e-4


def _swings(rng, *, count=6, readings=31):
    times, starts = np.linspace(0, 3, readings), data.sample_on_radius(rng, count, radius=(0.5, 1.5))
    trajectories = data.generate_trajectories(systems.Pendulum(), starts, times)
    return trajectories.trajectory_samples()


def test_the_weak_form_finds_a_pendulum(rng):
    model, samples = HamiltonianNetwork(_features(periodic=(0,))), _swings(rng)
    closed_form.fit_weak(model, {name: samples[name] for name in ("times", "states")}, objectives.WeakForm())
    # Of the quadrature, at steps of 0.1: some 2e-3 of derivatives up to 10.
    np.testing.assert_allclose(model(samples["states"]), samples["time_derivatives"], atol=7e-3)


@pytest.mark.slow
def test_trajectories_find_a_pendulum(rng):
    model = HamiltonianNetwork(_features(num_features=2, periodic=(0,), dtype="float32"))
    samples = _swings(rng, count=3, readings=16)
    noisy = {"times": samples["times"], "states": samples["states"] + 0.01 * rng.normal(size=[3, 16, 2])}
    found = closed_form.fit_trajectories(model, noisy, substeps=4, max_iterations=8)
    # Derivatives up to 10, from 96 numbers with a noise of 0.01.
    np.testing.assert_allclose(model(samples["states"]), samples["time_derivatives"], atol=0.3)
    assert found.noise_std == pytest.approx([0.01, 0.01], rel=0.5)


@pytest.mark.slow
def test_friction_and_gains_are_found_from_trajectories(rng):
    system = systems.DrivenPendulum(damping=0.2)
    times, starts = np.linspace(0, 3, 31), data.sample_on_radius(rng, 6, radius=(0.5, 1.5))
    torques = rng.normal(size=[6, 31, 1])
    trajectories = data.generate_trajectories(
        system, starts, times, inputs=torques, input_interpolation="zero_order_hold"
    )
    samples = trajectories.trajectory_samples()
    noisy = samples | {"states": samples["states"] + 0.005 * rng.normal(size=samples["states"].shape)}
    model = HamiltonianNetwork(_features(num_features=4, periodic=(0,)), LinearFriction(dtype="float64"),
                               LinearInput(1, dtype="float64"))  # fmt: skip
    model.build([None, 2])
    found = warm_start.warm_start(model, objectives.CombinedMatching(), noisy, periodic=(0,)).fit
    assert abs(found.friction - 0.2) < 4 * found.friction_std
    assert abs(found.gains[0, 0] - 1.0) < 4 * found.gains_std[0, 0]
    assert found.friction_std < 0.02


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_negative_mass_is_said(wrapped, rng):
    samples = _samples(rng, lambda state: tf.reduce_sum(state**2 * [1.0, 1.0, 1.0, -1.0], -1))
    hamiltonian = TimeReversibleHamiltonian(_features()) if wrapped else _features()
    with pytest.warns(InputWarning, match="positive definite inverse mass matrix at all 300 positions; .* at 300 of t"):
        closed_form.fit(hamiltonian, samples)


def _candidates(hamiltonian):
    network = HamiltonianNetwork(hamiltonian)
    network.build([None, 4])
    return list(warm_start._candidates(network.hamiltonian, (0,)).values())


def test_a_network_with_a_mass_matrix_may_begin_at_a_mechanical_fit():
    energy = MLPEnergy(hidden_units=4)
    tried = _candidates(MechanicalHamiltonian(MLPMassMatrix(hidden_units=4), energy))
    mechanical = [each for each in tried if isinstance(each, RandomFeatureMechanicalHamiltonian)]
    assert (len(tried), [each.get_config()["periodic"] for each in mechanical]) == (3, [(0,)])
    others = _candidates(MechanicalHamiltonian(ConstantMassMatrix(), energy)) + _candidates(energy)
    assert not any(isinstance(each, RandomFeatureMechanicalHamiltonian) for each in others)


@pytest.mark.slow
def test_a_double_pendulums_start_is_the_mechanical_one(rng):
    times = np.linspace(0, 2, 21)
    starts = rng.uniform(-1, 1, [12, 4]) * [2.0, 2.0, 1.0, 1.0]
    trajectories = data.generate_trajectories(systems.DoublePendulum(), starts, times, noise_std=0.01, rng=rng)
    network = HamiltonianNetwork(MechanicalHamiltonian(MLPMassMatrix(hidden_units=4), MLPEnergy(hidden_units=4)))
    network.build([None, 4])
    began = warm_start.warm_start(
        network, objectives.CombinedMatching(), trajectories.trajectory_samples(), periodic=(0, 1), steps=0
    )
    assert max(began.evidence, key=began.evidence.get) == "log_evidence_mechanical"
    assert set(began.evidence) == set(warm_start._candidates(network.hamiltonian, (0, 1)))
