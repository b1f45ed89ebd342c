"""Gymnasium's pendulum without torque: the environment's own steps, its starts, and the energy it conserves."""

import numpy as np
import pytest

from hnn_tf.data import gymnasium_pendulum
from hnn_tf.data.gymnasium_pendulum import discrete_energy, sample_pendulum_states, simulate_pendulum


def _hamiltonian(states):
    return states[..., 1] ** 2 / 6 - 5 * np.cos(states[..., 0])


def test_agrees_with_the_environment_step_by_step(rng):
    gymnasium = pytest.importorskip("gymnasium")
    # The last one is clipped at 8 rad/s on its way down.
    starts = np.concatenate([sample_pendulum_states(rng, 5), [[1.0, -8.0]]])
    states = simulate_pendulum(starts, 60)
    assert np.abs(states[-1, :, 1]).max() == gymnasium_pendulum.MAX_SPEED
    environment = gymnasium.make("Pendulum-v1").unwrapped
    environment.reset(seed=0)
    for start, trajectory in zip(starts, states, strict=True):
        environment.state = start + [np.pi, 0.0]
        for state in trajectory[1:]:
            environment.step(np.zeros(1))
            # Roundings of theta + pi, grown along the rotation.
            np.testing.assert_allclose(environment.state - [np.pi, 0.0], state, rtol=0, atol=1e-11)


def test_agrees_with_the_steps_by_hand():
    states = simulate_pendulum([[0.3, -0.5]], 2)
    first_speed = -0.5 - 15 * np.sin(0.3) * 0.05
    first_angle = 0.3 + 0.05 * first_speed
    second_speed = first_speed - 15 * np.sin(first_angle) * 0.05
    expected = [[0.3, -0.5], [first_angle, first_speed], [first_angle + 0.05 * second_speed, second_speed]]
    np.testing.assert_allclose(states, [expected], rtol=0, atol=1e-15)  # a rounding or two


def test_speed_is_clipped_as_by_the_environment():
    states = simulate_pendulum([[-1.0, 7.9], [1.0, -7.9]], 1)
    np.testing.assert_array_equal(states[:, 1, 1], [8.0, -8.0])
    np.testing.assert_allclose(states[:, 1, 0], [-0.6, 0.6], rtol=1e-15)


def test_no_steps_give_the_start():
    states = simulate_pendulum([[0.1, 0.2]], 0)
    assert states.dtype == np.float64
    np.testing.assert_array_equal(states, [[[0.1, 0.2]]])


@pytest.mark.parametrize(
    ("starts", "num_steps", "error", "message"),
    [
        ([0.0, 1.0], 3, ValueError, r"expected shape \[N, 2\]"),
        ([[0.0, np.nan]], 3, ValueError, "finite"),
        ([[0.0, 1.0]], -1, ValueError, "integer >= 0"),
        ([[0.0, 1.0]], 1.5, TypeError, "integer"),
    ],
)
def test_a_simulation_that_cannot_be_is_refused(starts, num_steps, error, message):
    with pytest.raises(error, match=message):
        simulate_pendulum(starts, num_steps)


def test_starts_fill_their_box(rng):
    starts = sample_pendulum_states(rng, 4000, max_angle=0.4)
    assert starts.shape == (4000, 2)
    for values, bound in zip(starts.T, (0.4, 1.0), strict=True):
        # Each of 10 bins holds 400 +- 19 of a uniform distribution: five sigma.
        counts = np.histogram(values, 10, (-bound, bound))[0]
        assert counts.sum() == 4000
        np.testing.assert_allclose(counts, 400, atol=95)


@pytest.mark.parametrize("max_angle", [0.0, 3.2, np.nan])
def test_a_box_that_cannot_be_is_refused(rng, max_angle):
    with pytest.raises(ValueError, match="max_angle"):
        sample_pendulum_states(rng, 3, max_angle=max_angle)


def test_its_steps_conserve_the_discrete_energy_and_not_h(rng):
    states = simulate_pendulum(sample_pendulum_states(rng, 20), 200)
    kinetic = np.max(states[..., 1] ** 2 / 6, axis=1)
    # Measured: 0.19 and 0.0002 of the kinetic energy; of the other sign in E, 0.38.
    assert np.mean(np.ptp(_hamiltonian(states), axis=1) / kinetic) > 0.15
    assert np.mean(np.ptp(discrete_energy(states), axis=1) / kinetic) < 0.0005


def test_discrete_energy_agrees_with_the_formula_by_hand():
    q, p = 0.7, 0.4
    expected = 3 * p**2 / 2 - 5 * np.cos(q) - 0.025 * (5 * np.sin(q)) * (3 * p)
    np.testing.assert_allclose(discrete_energy([[q, 3 * p]]), [expected], rtol=1e-14)
