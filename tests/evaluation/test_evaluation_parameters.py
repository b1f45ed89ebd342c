"""Evaluations of motions with parameters, against those of each system alone, and of what takes none."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from bead_family import BeadMass, Height
from pendulum_family import PENDULUMS, TIMES, recordings

from hnn_tf import (
    HamiltonianNetwork,
    InputError,
    LinearFriction,
    LinearInput,
    MechanicalHamiltonian,
    MLPHamiltonian,
    data,
    evaluation,
    objectives,
    systems,
)
from hnn_tf.evaluation.friction_estimate import smoothed
from hnn_tf.numerics import pieces

FAMILY = recordings(count=5)
THETA, STATES = FAMILY.stacked("parameters"), FAMILY.stacked("states")
BEADS = np.array([[0.5, 3.0], [1.0, 9.81], [2.0, 1.6]])


def _beads(*parts):
    model = HamiltonianNetwork(
        MechanicalHamiltonian(BeadMass(dtype="float64"), Height(dtype="float64")), *parts, name="beads"
    )
    model.build([None, 2])
    return model


def _driven(*parts):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]), *parts, control=LinearInput(1), name="driven")
    model.build([None, 2])
    return model


def test_rollouts_have_the_parameters_of_each_state():
    found = evaluation.evaluation_rollout(PENDULUMS, STATES[:, 0], TIMES, parameters=THETA)
    # The error of 20 eighth-order steps of 0.1 is about 1e-10.
    np.testing.assert_allclose(found, STATES, rtol=0, atol=1e-8)


@pytest.mark.slow
def test_rollouts_in_pieces_have_the_parameters_of_each_state(monkeypatch):
    found = evaluation.evaluation_rollout(PENDULUMS, STATES[:, 0], TIMES, parameters=THETA)
    monkeypatch.setattr(pieces, "MOST_STATES", 6)  # pieces of two recordings
    together = evaluation.evaluation_rollout(PENDULUMS, STATES[:, 0], TIMES, parameters=THETA)
    np.testing.assert_allclose(together, found, rtol=0, atol=1e-13)
    alone = evaluation.evaluation_rollout(PENDULUMS, STATES[:, 0], TIMES, parameters=THETA[1])
    np.testing.assert_allclose(alone[1], found[1], rtol=0, atol=1e-13)
    assert np.abs(alone[0] - found[0]).max() > 1e-3


def test_energies_have_the_parameters_of_each_path(rng):
    paths, hamiltonian = rng.normal(size=[3, 4, 2]), _beads().hamiltonian
    q, p = np.moveaxis(paths, -1, 0)
    m, g = BEADS.T[..., np.newaxis]
    expected = p**2 / (2 * m * (1 + q**2)) + m * g * q**2 / 2
    # 1e-13: some ten roundings of numbers below 100.
    np.testing.assert_allclose(evaluation.energies(hamiltonian, paths, parameters=BEADS), expected, rtol=0, atol=1e-13)
    of_one = evaluation.energies(hamiltonian, paths, parameters=BEADS[1].tolist())
    np.testing.assert_allclose(of_one[1], expected[1], rtol=0, atol=1e-13)


def test_forces_have_the_parameters_of_each_reading(rng):
    q, v, a = rng.normal(size=[3, 3, 1])
    m, g = BEADS[:, :1], BEADS[:, 1:]
    parts = [m * (1 + q**2) * a, m * q * v**2, m * g * q]
    errors = evaluation.force_errors(_beads(), data.ForcedMotion(q, v, a, sum(parts), *parts), parameters=BEADS)
    # The squares of 1e-13, which is some ten roundings of numbers below 100.
    assert len(errors) == 5
    assert max(errors.values()) < 1e-26


@pytest.mark.parametrize(("name", "num_steps"), [("rk4", 1), pytest.param("tao2", 3, marks=pytest.mark.slow)])
def test_a_jacobian_is_that_of_each_system(name, num_steps, rng):
    states, options = tf.constant(rng.normal(size=[5, 2])), {"step_size": 0.1, "num_steps": num_steps}
    found = evaluation.step_jacobian(PENDULUMS, states, integrator=name, parameters=THETA, **options)
    alone = evaluation.step_jacobian(systems.Pendulum(*THETA[3]), states[3:4], integrator=name, **options)
    # Some hundred roundings of numbers of order 1.
    np.testing.assert_allclose(found[3], alone[0], rtol=0, atol=1e-13)


@pytest.mark.slow
def test_a_symplectic_method_is_symplectic_at_every_parameter(rng):
    states, options = tf.constant(rng.normal(size=[2, 5, 2])), {"step_size": 0.1, "integrator": "leapfrog"}
    theta = np.stack([THETA, THETA[::-1]])
    found = evaluation.symplecticity(PENDULUMS, states, parameters=theta, return_steps=5, **options)
    # Roundings of 10 steps of numbers of order 1.
    assert max(found[:3]) < 1e-13
    assert found.energy_slopes is None


@pytest.mark.slow
def test_energies_do_not_drift_at_their_own_parameters():
    states = tf.constant([[0.5, 0.0], [0.5, 0.0]], tf.float64)
    options = {"step_size": 0.05, "integrator": "gauss4", "return_steps": 2, "drift_steps": 1000}
    found = evaluation.symplecticity(_beads(), states, parameters=BEADS[:2], **options)
    # By the energy of another bead, the same paths would have swings of about 1, and intervals of about 1e-3.
    assert max(max(-slope.low, slope.high) for slope in found.energy_slopes) < 1e-6


@pytest.mark.slow
def test_smoothed_readings_have_the_parameters_of_the_motion():
    model, times = _beads(LinearFriction(dtype="float64")), np.linspace(0, 3, 40)
    motion = evaluation.evaluation_rollout(model, np.array([[0.7, 0.2]]), times, parameters=BEADS[1])[0]
    # The readings are a motion of the model, so that only the derivatives' differences, 1e-6, are left.
    np.testing.assert_allclose(smoothed(model, times, motion, BEADS[1]), motion, rtol=0, atol=1e-9)
    assert np.abs(smoothed(model, times, motion, BEADS[0]) - motion).max() > 1e-2


READINGS = np.linspace(0, 1, 30), np.zeros([30, 2])
COLUMNS = {"state": STATES[0], "time_derivative": STATES[0]}
USES = {
    "rollouts": lambda model, **given: evaluation.evaluation_rollout(model, STATES[:, 0], TIMES, **given),
    "derivatives": lambda model, **given: evaluation.derivative_mse(model, COLUMNS | given),
    "the spread": lambda model, **given: evaluation.derivative_error_spread(model, COLUMNS | given),
    "symplecticity": lambda model, **given: evaluation.symplecticity(
        model, STATES[0], step_size=0.1, integrator="rk4", **given
    ),
    "a jacobian": lambda model, **given: evaluation.step_jacobian(
        model, STATES[0], step_size=0.1, integrator="rk4", **given
    ),
    "a return": lambda model, **given: evaluation.return_error(
        model, STATES[0], step_size=0.1, num_steps=2, integrator="rk4", **given
    ),
    "friction": lambda model, **given: evaluation.friction_interval(
        model, objectives.OneStep(), lambda states: states, *READINGS, **given
    ),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_what_does_not_fit_is_refused_in_one_line(use):
    plain = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4]), LinearFriction(), name="plain")
    plain.build([None, 2])
    theta = np.ones([len(STATES[0]), 2])
    for model, given, message in (
        (_beads(LinearFriction(dtype="float64")), {}, "beads: expected parameters of width 2; received none"),
        (plain, {"parameters": theta[: len(STATES)]}, "plain: takes no parameters; leave the parameters out"),
        (_driven(LinearFriction()), {}, "driven: expected (a motion without inputs|inputs of width 1; received none)"),
    ):
        with pytest.raises(InputError, match=message) as refused:
            use(model, **given)
        assert "\n" not in str(refused.value)


def test_systems_and_stock_models_do_not_ignore_parameters():
    with pytest.raises(InputError, match="Pendulum: takes no parameters"):
        evaluation.evaluation_rollout(systems.Pendulum(), STATES[:, 0], TIMES, parameters=[1.0])
    stock = keras.Sequential([keras.Input([2]), keras.layers.Dense(2)], name="stock")
    with pytest.raises(InputError, match="stock: expected a method call.*its call takes no parameters"):
        evaluation.derivative_mse(stock, COLUMNS | {"parameters": np.ones([len(STATES[0]), 1])})
