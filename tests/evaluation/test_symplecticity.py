import numpy as np
import pytest
import tensorflow as tf

from benchmarks.integrators import exact_solutions
from hnn_tf import BaselineNetwork, HamiltonianNetwork, InputError, MLPHamiltonian, evaluation, rollout, systems
from trainers import symplecticity_table as trainer

PENDULUM = systems.Pendulum()
STATES = tf.constant([[1.9, 0.3], [-0.4, 1.1]], tf.float64)


def _small_model(kind=HamiltonianNetwork):
    if kind is BaselineNetwork:
        model = BaselineNetwork(hidden_units=[8], dtype="float64")
    else:
        model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[8], dtype="float64"))
    model.build([None, 2])
    return model


@pytest.mark.parametrize("num_steps", [1, 5])
def test_jacobian_of_an_oscillator_is_its_rotation(num_steps):
    jacobian = evaluation.step_jacobian(
        systems.MassSpring(), STATES, step_size=0.001, num_steps=num_steps, integrator="rk4"
    )
    angle = 2 * 0.001 * num_steps
    rotation = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    np.testing.assert_allclose(jacobian, [rotation] * 2, atol=1e-14)  # the error, of order h^5, is below round-off


def test_defect_is_that_of_the_definition():
    # Stretching q by 1.1 alone stretches dq ^ dp by it, too.
    assert evaluation.symplectic_defect(np.array([[1.1, 0.0], [0.0, 1.0]])) == pytest.approx(0.1)
    assert evaluation.symplectic_defect(np.array([[1.0, 7.0], [0.0, 1.0]])) == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gauss4", "tao2"])
def test_a_learned_hamiltonian_is_integrated_symplectically(name):
    report = evaluation.symplecticity(_small_model(), STATES, step_size=0.05, integrator=name, drift_steps=2000)
    assert report.symplectic_defect <= 1e-12
    assert report.volume_error <= 1e-12
    assert report.return_error <= 1e-10
    assert len(report.energy_slopes) == len(STATES)
    for slope in report.energy_slopes:
        assert slope.low <= slope.value <= slope.high


@pytest.mark.slow
def test_each_state_has_a_slope_of_its_own():
    states = tf.constant([[0.1, 0.0], [1.5, 0.0]], tf.float64)
    options = {"step_size": 0.1, "integrator": "rk4", "return_steps": 1, "drift_steps": 2000}
    small, large = evaluation.symplecticity(PENDULUM, states, **options).energy_slopes
    for slope, state in ((small, states[:1]), (large, states[1:])):
        path = rollout(PENDULUM, state, step_size=0.1, num_steps=2000, integrator="rk4")[0]
        energy = PENDULUM.hamiltonian(path).numpy()
        assert slope.value == pytest.approx((energy[-1] - energy[0]) / 200, rel=0.05)
    assert 20 * abs(small.value) < abs(large.value)


def test_a_baseline_has_a_defect_and_no_energy():
    report = evaluation.symplecticity(_small_model(BaselineNetwork), STATES, step_size=0.05, integrator="rk4")
    assert report.symplectic_defect > 1e-6
    assert report.energy_slopes is None


def test_the_integrators_refusal_is_the_reports():
    with pytest.raises(InputError, match="needs a separable Hamiltonian"):
        evaluation.symplecticity(_small_model(), STATES, step_size=0.1, integrator="leapfrog")


@pytest.mark.slow
def test_leapfrog_does_not_drift_in_a_million_steps():
    path = rollout(PENDULUM, STATES[:1], step_size=0.1, num_steps=10**6, integrator="leapfrog", jit_compile=True)[0]
    slope = evaluation.energy_slope(0.1 * np.arange(10**6 + 1), PENDULUM.hamiltonian(path).numpy())
    assert slope.low < 0 < slope.high
    # Far below rk4's: its energy swings by 1e-2, of which over this time no trend of 1e-10 can hide.
    assert slope.high - slope.low < 2e-10


def test_rk4_does():
    path = rollout(PENDULUM, STATES[:1], step_size=0.1, num_steps=10**5, integrator="rk4", jit_compile=True)[0]
    slope = evaluation.energy_slope(0.1 * np.arange(10**5 + 1), PENDULUM.hamiltonian(path).numpy())
    assert slope.high < -1e-5


@pytest.mark.parametrize("period", [0.7, 3.0, 1000.0 / 49])
def test_a_swing_is_not_a_drift(period):
    times = np.linspace(0, 1000, 20_001)
    slope = evaluation.energy_slope(times, 1e-3 * np.sin(2 * np.pi * times / period))
    assert slope.low < 0 < slope.high


def test_a_drift_below_a_swing_is_found():
    times = np.linspace(0, 1000, 20_001)
    slope = evaluation.energy_slope(times, 1e-7 * times + 1e-3 * np.sin(2 * np.pi * times / 0.7))
    assert slope.low < 1e-7 < slope.high
    assert slope.low > 0


@pytest.mark.parametrize(
    ("energy", "message"), [(np.zeros(499), "T >= 500"), (np.full(500, np.nan), "expected finite values")]
)
def test_energies_that_say_nothing_are_refused(energy, message):
    with pytest.raises(ValueError, match=message):
        evaluation.energy_slope(np.arange(len(energy)), energy)


def test_exact_pendulum_obeys_its_equation(rng):
    # By differences of sixth order, so that the oracle itself has one: dq/dt = 2 p, dp/dt = -3 sin q.
    h, t = 1e-2, 0.7
    weights = {-3: -1 / 60, -2: 3 / 20, -1: -3 / 4, 1: 3 / 4, 2: -3 / 20, 3: 1 / 60}
    starts = 0.6 * rng.normal(size=[20, 2])
    path = exact_solutions.pendulum(PENDULUM, starts, t + h * np.arange(-3, 4))
    slope = sum(weight * path[:, 3 + k] for k, weight in weights.items()) / h
    np.testing.assert_allclose(slope, np.stack([2 * path[:, 3, 1], -3 * np.sin(path[:, 3, 0])], -1), atol=1e-10)
    np.testing.assert_allclose(exact_solutions.pendulum(PENDULUM, starts, 0.0)[:, 0], starts, atol=1e-14)


def test_takes_states_as_a_rollout_does():
    error = evaluation.return_error(PENDULUM, STATES[0], step_size=0.1, num_steps=5, integrator="leapfrog")
    assert error < 1e-14
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[8]))
    model.build([None, 2])
    assert evaluation.step_jacobian(model, STATES, step_size=0.1, integrator="rk4").dtype == np.float32


@pytest.mark.parametrize(
    ("states", "options", "message"),
    [
        ([[1, 0]], {}, "states: expected floating-point numbers; received int32"),
        ([[np.nan, 0.0]], {}, "states: expected finite numbers"),
        (STATES, {"drift_steps": 100}, "drift_steps >= 500; received 1000 and 100"),
        (STATES, {"return_steps": 0}, "return_steps >= 1"),
    ],
)
def test_what_cannot_be_measured_is_refused(states, options, message):
    with pytest.raises(ValueError, match=message):
        evaluation.symplecticity(PENDULUM, states, step_size=0.1, integrator="rk4", **options)


def test_the_table_names_the_start_of_each_slope():
    slopes = [(-2e-5, -3e-5, -1e-5), (4e-7, 3e-7, 5e-7), (1e-6, 0.0, 2e-6)]
    report = dict.fromkeys(("symplectic_defect", "volume_error", "return_error"), 0.0) | {"energy_slopes": slopes}
    row = trainer.table({"rk4": report}, ["1.5 rad", "0.1 rad", "1 rad"]).splitlines()[-1]
    assert row.split(" | ")[-2:] == [
        "4.0e-07 (3.0e-07 – 5.0e-07) from 0.1 rad",
        "-2.0e-05 (-3.0e-05 – -1.0e-05) from 1.5 rad |",
    ]
