"""The gains of inputs from whole trajectories, beside friction, on problems whose answers are known."""

import numpy as np
import pytest
import tensorflow as tf
from cart_pole_energy import CartPoleEnergy

from hnn_tf import (
    HamiltonianNetwork,
    InputError,
    LinearInput,
    RandomFeatureHamiltonian,
    closed_form,
    data,
    integrators,
    objectives,
    systems,
)
from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.linear_rollout import LinearRollout
from hnn_tf.motion_inputs import interval_ends
from hnn_tf.numerics.substeps import IntegrationWarning
from hnn_tf.objectives.shooting import roll_out

PENDULUM = systems.DrivenPendulum(mass=0.8, length=1.1, damping=0.3)
CART = systems.CartPole(cart_damping=0.2, pole_damping=0.2)
INTERPOLATIONS = ["zero_order_hold", "linear"]


class PendulumEnergy:
    """H = w_1 (1 - cos q) + w_2 p^2 / 2."""

    coefficient_scales, built = (1e3, 1e3), True
    coefficients = None

    def feature_gradients(self, state):
        q, p = state[..., 0], state[..., 1]
        zero = tf.zeros_like(q)
        return tf.stack([tf.stack([tf.sin(q), zero], -1), tf.stack([zero, p], -1)], -2)

    def assign_coefficients(self, values):
        self.coefficients = values


def _samples(rng, system, *, interpolation="zero_order_hold", noise_std=0.0, count=6, step=0.1, objective=None):
    times, width = step * np.arange(21), 2 * system.dof
    inputs = 2.0 * rng.normal(size=[count, 21, 1])
    starts = rng.uniform(-0.5, 0.5, [count, width])
    starts[:, 3:] *= 0.05  # a pole with the momentum 0.5 would turn three times a second
    found = data.generate_trajectories(
        system, starts, times, noise_std=noise_std, rng=rng, inputs=inputs, input_interpolation=interpolation
    )
    return (objective or objectives.TrajectoryMatching()).samples_of(data.Recordings.from_trajectories(found))


@pytest.mark.slow
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("objective", [objectives.TrajectoryMatching, objectives.CombinedMatching])
def test_gain_and_friction_of_a_pendulum_are_found(rng, interpolation, objective):
    energy, samples = PendulumEnergy(), _samples(rng, PENDULUM, interpolation=interpolation, objective=objective())
    found = closed_form.fit_trajectories(energy, samples, friction=True, integrator="rk8")
    # 1e-6: the least noise that is assumed, relative to the states.
    np.testing.assert_allclose(found.gains, [[1.0]], atol=1e-6)
    np.testing.assert_allclose(found.friction, PENDULUM.damping, atol=1e-6)
    np.testing.assert_allclose(energy.coefficients, [PENDULUM.gravity_torque, 1 / PENDULUM.inertia], rtol=1e-6)


@pytest.mark.slow
def test_a_force_on_a_cart_acts_on_the_carts_momentum_alone(rng):
    energy = CartPoleEnergy(CART)
    found = closed_form.fit_trajectories(energy, _samples(rng, CART, step=0.05), friction=True, integrator="rk8")
    np.testing.assert_allclose(found.gains, [[1.0], [0.0]], atol=1e-6)
    np.testing.assert_allclose(found.friction, CART.cart_damping, atol=1e-6)
    np.testing.assert_allclose(energy.coefficients, energy.true_coefficients, rtol=1e-6)


@pytest.mark.slow
def test_the_posterior_has_the_errors_of_gains_and_friction(rng):
    found = closed_form.fit_trajectories(PendulumEnergy(), _samples(rng, PENDULUM, noise_std=0.02), friction=True)
    std = np.sqrt(np.diag(found.posterior.covariance))
    np.testing.assert_array_equal([found.gains.item(), found.friction], found.posterior.mean.numpy()[[0, -1]])
    np.testing.assert_array_equal([found.gains_std.item(), found.friction_std], std[[0, -1]])
    assert abs(found.gains.item() - 1.0) < 4 * found.gains_std.item() < 0.1
    assert abs(found.friction - PENDULUM.damping) < 4 * found.friction_std < 0.1


@pytest.mark.slow
def test_the_gains_of_idle_inputs_are_not_fitted_but_0(rng):
    samples = _samples(rng, PENDULUM, noise_std=0.02, count=2)
    for name in ("inputs", "end_inputs"):
        samples[name] = np.concatenate([samples[name], 0.0 * samples[name]], -1)
    gains = closed_form.InputGains(1, 2, idle=(1,))
    found = closed_form.fit_trajectories(PendulumEnergy(), samples, gains=gains, substeps=1, max_iterations=1)
    assert found.gains[0, 0] != 0.0
    assert found.gains[0, 1] == found.gains_std[0, 1] == 0.0
    assert len(found.posterior.mean) == 1 + 2  # one gain, and the coefficients


@pytest.mark.slow
def test_a_network_gets_the_fitted_gains_and_keeps_known_ones(rng):
    samples, noise = _samples(rng, systems.DrivenPendulum(), noise_std=0.02), {}
    for control in (LinearInput(1), LinearInput(gains=[[1.0]]), LinearInput(gains=[[0.5]])):
        features = RandomFeatureHamiltonian(num_features=6, periodic=(0,))
        known = control.known_gains
        model = HamiltonianNetwork(features, control=control)
        model.build([None, 2])
        found = closed_form.fit_trajectories(model, samples)
        noise[None if known is None else known.item()] = found.noise_std
        if known is None:
            np.testing.assert_allclose(control.gains, found.gains, rtol=1e-7)  # float32
            assert abs(found.gains.item() - 1.0) < 4 * found.gains_std.item() < 0.1
        else:
            assert found.gains is found.gains_std is None
            np.testing.assert_array_equal(control.gains, known)
    # A wrong gain leaves forces that H cannot explain.
    np.testing.assert_allclose(noise[None], 0.02, rtol=0.3)
    np.testing.assert_allclose(noise[1.0], 0.02, rtol=0.3)
    assert np.all(noise[0.5] > 0.04)


@pytest.mark.slow
def test_inputs_that_rise_are_not_held(rng):
    samples = _samples(rng, PENDULUM, interpolation="linear", noise_std=1e-3)
    right = closed_form.fit_trajectories(PendulumEnergy(), samples, friction=True)
    held = closed_form.fit_trajectories(PendulumEnergy(), samples | {"end_inputs": samples["inputs"]}, friction=True)
    assert right.noise_std == pytest.approx([1e-3, 1e-3], rel=0.3)
    assert np.all(held.noise_std > 10 * right.noise_std)


@pytest.mark.slow
def test_substeps_are_enough_under_inputs(rng):
    samples = _samples(rng, PENDULUM, interpolation="linear", noise_std=1e-3, step=0.4)
    found = closed_form.fit_trajectories(PendulumEnergy(), samples, friction=True)
    assert found.substeps > 1
    assert found.integration_error < 0.1
    assert abs(found.gains.item() - 1.0) < 4 * found.gains_std.item()
    with pytest.warns(IntegrationWarning, match="substeps=1: the integrator's error is too large beside the noise"):
        coarse = closed_form.fit_trajectories(PendulumEnergy(), samples, friction=True, substeps=1)
    assert coarse.integration_error > 1.0


def _small(rng, interpolation):
    """A field with two gains and friction, its parameters, and irregular times with inputs."""
    field = LinearField(PendulumEnergy(), friction=True, gains=closed_form.InputGains(1, 2))
    times, inputs = np.cumsum(rng.uniform(0.1, 0.5, [3, 7]), 1), rng.normal(size=[3, 7, 2])
    return field, rng.normal(size=5), times, (inputs, interval_ends(inputs, interpolation))


@pytest.mark.parametrize("interpolation", [pytest.param("zero_order_hold", marks=pytest.mark.slow), "linear"])
def test_states_are_those_of_a_rollout_of_the_same_inputs(rng, interpolation):
    field, parameters, times, inputs = _small(rng, interpolation)
    start, w = tf.constant(rng.normal(size=[3, 2])), tf.constant(parameters)
    states, slopes = LinearRollout(field, times, inputs=inputs, integrator="rk4", substeps=3).values(w, start)
    expected = roll_out(
        lambda state, inputs: field.value(state, w, inputs),
        start[:, tf.newaxis],
        tf.constant(times),
        integrator=integrators.get("rk4"),
        substeps=3,
        inputs=tuple(tf.constant(each) for each in inputs),
    )[:, 0]
    np.testing.assert_allclose(states, expected, rtol=1e-12, atol=1e-12)
    flat = [np.reshape(each, [21, -1]) for each in (states, inputs[0])]
    np.testing.assert_allclose(np.reshape(slopes, [21, 2]), field.value(flat[0], w, flat[1]), rtol=1e-12, atol=1e-12)


@pytest.mark.slow
def test_sensitivities_to_gains_are_central_differences(rng):
    field, parameters, times, inputs = _small(rng, "linear")
    rollout = LinearRollout(field, times, inputs=inputs, integrator="rk4", substeps=2)
    start = tf.constant(rng.normal(size=[3, 2]))
    found = rollout.linearised(tf.constant(parameters), start)
    both = np.stack([found[1], found[4]])
    step = 1e-5
    for i in range(5):
        shift = step * np.eye(5)[i]
        above, below = (rollout.values(tf.constant(parameters + s), start) for s in (shift, -shift))
        # The error of differences: their step squared times third derivatives.
        np.testing.assert_allclose(both[..., i], (np.stack(above) - np.stack(below)) / (2 * step), rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_segments_have_the_inputs_of_their_own_intervals(rng):
    samples = _samples(rng, PENDULUM, interpolation="linear", objective=objectives.TrajectoryMatching(segments=3))
    found = closed_form.fit_trajectories(PendulumEnergy(), samples, friction=True, integrator="rk8")
    assert found.initial_state.shape == (6, 3, 2)
    np.testing.assert_allclose(found.gains, [[1.0]], atol=1e-6)


def test_inputs_that_do_nothing_are_refused(rng):
    samples = _samples(rng, PENDULUM)
    idle = {"inputs": 0.0 * samples["inputs"], "end_inputs": 0.0 * samples["inputs"]}
    for change, message in (
        (idle, r"received inputs \[0\] that are always 0; leave such inputs out"),
        ({"end_inputs": samples["inputs"][:, 1:]}, r"end_inputs: expected the inputs \[6, 21, 1\]"),
    ):
        with pytest.raises(InputError, match=message):
            closed_form.fit_trajectories(PendulumEnergy(), samples | change)


@pytest.mark.slow
def test_intervals_of_gain_and_friction_cover_the_truth():
    system, misses = systems.DrivenPendulum(damping=0.3), []
    for seed in range(20):
        rng, times = np.random.default_rng(seed), 0.1 * np.arange(21)
        torques = np.repeat(3.0 * rng.normal(size=[12, 5, 1]), 5, 1)[:, :21]  # a new torque every half second
        starts = rng.uniform(-1.5, 1.5, [12, 2])
        found = data.generate_trajectories(system, starts, times, noise_std=0.02, rng=rng, inputs=torques)
        samples = objectives.TrajectoryMatching().samples_of(data.Recordings.from_trajectories(found))
        features = RandomFeatureHamiltonian(num_features=10, periodic=(0,), dtype="float64")
        fit = closed_form.fit_trajectories(features, samples, friction=True, seed=seed)
        gain, friction = fit.gains.item() - 1.0, fit.friction - system.damping
        assert abs(gain) < 0.03
        assert abs(friction) < 0.03 * system.damping
        misses.append([gain / fit.gains_std.item(), friction / fit.friction_std])
    # Of 20 draws, a true 95 % interval covers fewer than 18 with probability 0.08, and fewer than 17 with 0.016. The
    # bound is what the intervals promise for each of the two parameters, on draws that no choice here has seen.
    assert np.all(np.sum(np.abs(misses) < 1.96, 0) >= 18)
