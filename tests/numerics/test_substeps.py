"""Trainings through an integrator take enough substeps, and say when a given number isn't enough."""

import tracemalloc

import damped_swings
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.eager.polymorphic_function import polymorphic_function

from benchmarks.objectives.method_training import training_of
from hnn_tf import (
    BaselineNetwork,
    HamiltonianNetwork,
    MLPHamiltonian,
    RandomFeatureHamiltonian,
    TrainingLoop,
    objectives,
    optimizers,
    systems,
    warm_start,
)
from hnn_tf.integrators import INTEGRATORS
from hnn_tf.models import LinearFriction
from hnn_tf.numerics.substeps import MOST, TOLERANCE, IntegrationWarning, choose_substeps, too_few
from hnn_tf.objectives import chosen_substeps
from hnn_tf.objectives.chosen_substeps import _LinearMotion, with_chosen_substeps
from hnn_tf.training_failed import TrainingFailedError


def test_the_number_doubles_until_the_error_is_small():
    assert [choose_substeps(lambda n, most=most: most / n**4) for most in (0.05, 1.0, 30.0)] == [1, 2, 8]


@pytest.mark.parametrize("error", [1.0, float("nan")])
def test_what_never_gets_small_ends_at_the_most(error):
    assert choose_substeps(lambda _: error) == MOST


def _samples(rng, name, **options):
    """Swings as the columns of an objective."""
    swings = damped_swings.swings(rng, **options)
    times, states = swings["times"], swings["states"]
    if name != "one_step":
        return {**swings, "initial_state": states[:, :1], "time_derivatives": damped_swings.motion(states)}
    state, next_state = states[:, :-1].reshape(-1, 2), states[:, 1:].reshape(-1, 2)
    return {"state": state, "next_state": next_state, "time_step": np.diff(times, axis=1).reshape(-1, 1)}


def _true_model():
    """A network that moves as the pendulum does, whatever its weights."""
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4], dtype="float64"), dtype="float64")
    model.build([None, 2])

    def motion(state):
        return tf.stack([state[..., 1], -tf.sin(state[..., 0]) - damped_swings.FRICTION * state[..., 1]], -1)

    model.call = lambda state: motion(state) + 0.0 * model.hamiltonian(state)[..., tf.newaxis]
    return model


INTEGRATING = ["one_step", *(pytest.param(name, marks=pytest.mark.slow) for name in ("trajectory", "combined"))]


@pytest.mark.slow
@pytest.mark.parametrize("name", INTEGRATING)
def test_a_training_chooses_its_substeps_by_the_gaps(name, rng):
    objective, model = objectives.OBJECTIVES[name](), _true_model()
    loop = TrainingLoop(model, objective, optimizers.CoupledAdam(1e-9), _samples(rng, name, regular=False))
    assert loop.objective.substeps > 1
    assert objective.substeps is None
    loop.fit(1)  # in silence
    close = TrainingLoop(
        model, objective, optimizers.CoupledAdam(1e-9), _samples(rng, name, regular=True, noise_std=0.1, num_times=100)
    )
    assert close.objective.substeps == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", INTEGRATING)
def test_a_training_says_that_a_given_number_is_not_enough(name, rng):
    samples = _samples(rng, name, regular=False)
    loop = TrainingLoop(_true_model(), objectives.OBJECTIVES[name](substeps=1), optimizers.CoupledAdam(1e-9), samples)
    assert loop.objective.substeps == 1
    with pytest.warns(IntegrationWarning, match="substeps=1: the integrator's error is too large"):
        loop.fit(1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one_step", "trajectory"])
def test_the_error_falls_at_the_integrators_order(name, rng):
    samples = _samples(rng, name, regular=False)
    errors = [objectives.OBJECTIVES[name](substeps=n).integration_error(_true_model(), samples) for n in (8, 16)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.3)  # the next term at steps of 0.2


@pytest.mark.parametrize(
    "integrator",
    [
        name if name in ("rk4", "symplectic_euler") else pytest.param(name, marks=pytest.mark.slow)
        for name in sorted(INTEGRATORS)
    ],
)
def test_substeps_are_chosen_for_every_integrator(integrator, rng):
    samples = _samples(rng, "one_step", regular=True, count=1, num_times=300)
    chosen = with_chosen_substeps(objectives.OneStep(integrator=integrator), samples).substeps
    if INTEGRATORS[integrator].order == 1:  # h^2 / 4 = 6e-4 of gaps of 0.05, times sqrt(600) / 0.03
        assert 1 < chosen <= 8
    else:
        assert chosen == 1


def test_a_separable_integrator_sees_a_separable_motion(rng):
    state = rng.normal(size=[500, 4])
    coupled = np.array([[2.0, 0.5], [0.5, 1.0]])
    motion = np.concatenate([state[:, 2:], -state[:, :2] @ coupled], 1)
    step = np.full([500, 1], 1e-3)
    pairs = {"state": state, "next_state": state + step * motion, "time_step": step}
    found = _LinearMotion(pairs, separable=True)
    assert found.separable
    slope = (found(tf.eye(4, dtype=tf.float64)) - found(tf.zeros([4, 4], tf.float64))).numpy()
    expected = np.block([[np.zeros([2, 2]), -coupled], [np.eye(2), np.zeros([2, 2])]])
    np.testing.assert_allclose(slope, expected, atol=0.01)  # secants are those at the middle, h / 2 later
    np.testing.assert_array_equal(slope[expected == 0.0][:1], 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one_step", "trajectory"])
def test_the_substeps_of_many_readings_are_chosen_in_bounded_memory(name, rng, monkeypatch):
    few = _samples(rng, name, regular=False, count=10, num_times=41)
    many = {key: np.tile(column, [1000, *[1] * (column.ndim - 1)]).astype(np.float32) for key, column in few.items()}
    errors = []
    monkeypatch.setattr(chosen_substeps, "choose_substeps", lambda error: errors.append(error(1)))
    with_chosen_substeps(objectives.OBJECTIVES[name](), few)
    tracemalloc.start()
    with_chosen_substeps(objectives.OBJECTIVES[name](), many)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Some numbers for each of 400 000 gaps, and some MB of 20 000 readings: copies of all took 37 MB.
    assert most < 25e6
    assert errors[1] > 0.5 * 1000**0.5 * errors[0]  # as if all gaps were as the widest: not fewer than copies need


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one_step", "trajectory"])
def test_readings_that_are_not_finite_are_left_out_of_the_choice(name, rng):
    samples = _samples(rng, name, regular=False)
    objective = objectives.OBJECTIVES[name]()
    expected = with_chosen_substeps(objective, samples).substeps
    assert expected > 1
    state = "state" if name == "one_step" else "states"
    samples[state][1] = np.nan
    samples[state][2, 0] = np.inf
    assert with_chosen_substeps(objective, samples).substeps == expected
    samples[state][:] = np.nan
    assert with_chosen_substeps(objective, samples).substeps == 1


@pytest.mark.slow
def test_looking_again_and_again_is_not_complained_of(rng, caplog, monkeypatch):
    # TensorFlow complains twice in a process: here it begins to count.
    fresh = polymorphic_function._FrequentTracingDetectorManager()
    monkeypatch.setattr(polymorphic_function, "_frequent_tracing_detector_manager", fresh)
    samples = _samples(rng, "one_step", regular=True, count=1)
    for _ in range(8):  # it complains of the fifth
        objectives.OneStep(integrator="leapfrog", substeps=1).integration_error(systems.Pendulum(), samples)
    assert "retracing" not in caplog.text


def test_the_line_gives_a_mend_that_is_one():
    assert too_few(4, TOLERANCE) is None
    assert too_few(4, 0.2).endswith("give more substeps")
    assert too_few(MOST, 0.2).endswith("give a more accurate integrator, as rk8")
    for error in (float("nan"), float("inf")):
        line = too_few(4, error)
        assert "the integrator loses the fitted motion" in line
        assert "nan" not in line
        assert "inf " not in line


def test_of_many_samples_the_widest_gaps_are_looked_at(rng):
    state = rng.normal(size=[30_000, 2])
    step = np.full([30_000, 1], 0.01)
    samples = {"state": state, "next_state": state + step * damped_swings.motion(state), "time_step": step}
    error = objectives.OneStep(substeps=1).integration_error(_true_model(), samples)
    samples["time_step"][17] = 2.0
    assert objectives.OneStep(substeps=1).integration_error(_true_model(), samples) > 100 * error


@pytest.mark.slow
def test_a_start_without_a_closed_form_has_the_substeps(rng):
    model = BaselineNetwork(hidden_units=[4])
    model.build([None, 2])
    samples = _samples(rng, "trajectory", regular=False)
    assert warm_start(model, objectives.TrajectoryMatching(), samples, steps=0).objective.substeps > 1
    assert warm_start(model, objectives.TrajectoryMatching(substeps=1), samples, steps=0).objective.substeps == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", [RandomFeatureHamiltonian, MLPHamiltonian])
def test_a_start_from_a_closed_form_has_its_substeps(kind, rng):
    options = {"num_features": 10} if kind is RandomFeatureHamiltonian else {"hidden_units": [8]}
    model = HamiltonianNetwork(kind(**options), LinearFriction())
    model.build([None, 2])
    began = warm_start(model, objectives.TrajectoryMatching(), _samples(rng, "trajectory", regular=False), steps=0)
    assert began.objective.substeps >= began.fit.substeps > 1


@pytest.mark.slow
def test_a_run_says_that_its_substeps_are_not_enough(monkeypatch):
    monkeypatch.setattr(objectives.OneStep, "integration_error", lambda *_: 3.0)
    training = training_of("one_step", "mass_spring", seed=0, substeps=1, steps=1, hidden_units=["4"])
    with pytest.warns(IntegrationWarning, match="^hnn: substeps=1: the integrator's error is too large"):
        training.fit(training.new_model())


@pytest.mark.slow
def test_of_a_run_that_diverges_only_that_is_said(monkeypatch):
    training = training_of("one_step", "mass_spring", seed=0, substeps=1, steps=1, hidden_units=["4"])
    monkeypatch.setattr(TrainingLoop, "loss", lambda *_: float("nan"))
    monkeypatch.setattr(objectives.OneStep, "integration_error", lambda *_: float("nan"))
    with pytest.raises(TrainingFailedError):  # and no warning, which would be an error here
        training.fit(training.new_model())
