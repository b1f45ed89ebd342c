"""Simulated trajectories: accurate, exact derivatives, noise on the states alone, and their sample columns."""

import numpy as np
import pytest
import scipy.integrate

from hnn_tf import data, systems

# The tasks' settings, and their motion by hand.
SETTINGS = {
    "mass_spring": (systems.MassSpring(), (0.1, 1.0), 30, lambda q, p: (2 * p, -2 * q)),
    "pendulum": (systems.Pendulum(), (1.3, 2.3), 45, lambda q, p: (2 * p, -3 * np.sin(q))),
}


def _generate(task, starts_rng, *, count=50, **options):
    system, radius, num_times, _ = SETTINGS[task]
    starts = data.sample_on_radius(starts_rng, count, radius=radius)
    return data.generate_trajectories(system, starts, np.linspace(0, 3, num_times), **options)


@pytest.fixture(params=sorted(SETTINGS))
def task(request):
    return request.param


def _dop853(motion, starts, times):
    """All trajectories as one system, stopped at every output time: dense output would be of order 7 only."""

    def field(_, state):
        return np.concatenate(motion(*np.split(state, 2)))

    states = [starts.T.ravel()]
    for interval in zip(times[:-1], times[1:], strict=True):
        end = scipy.integrate.solve_ivp(field, interval, states[-1], "DOP853", rtol=3e-14, atol=1e-15)
        states.append(end.y[:, -1])
    return np.moveaxis(np.reshape(states, [len(times), 2, len(starts)]), -1, 0)


def test_agrees_with_scipy(task, rng):
    trajectories = _generate(task, rng)
    expected = _dop853(SETTINGS[task][3], trajectories.clean_states[:, 0], trajectories.times)
    # The claim of the module; scipy itself is within 1e-13 of steps a tenth as long.
    np.testing.assert_allclose(trajectories.clean_states, expected, rtol=0, atol=1e-12)


def test_mass_spring_agrees_with_the_rotation(rng):
    trajectories = _generate("mass_spring", rng)
    c, s = np.cos(2 * trajectories.times), np.sin(2 * trajectories.times)
    q, p = np.moveaxis(trajectories.clean_states[:, :1], -1, 0)
    # 1e-14: the roundings of 90 steps.
    np.testing.assert_allclose(trajectories.clean_states, np.stack([q * c + p * s, p * c - q * s], -1), atol=1e-14)


def test_arrays_have_the_documented_shapes_and_precision(task, rng):
    trajectories, num_times = _generate(task, rng, count=4), SETTINGS[task][2]
    assert trajectories.times.shape == (num_times,)
    for array in (trajectories.clean_states, trajectories.states, trajectories.time_derivatives):
        assert (array.shape, array.dtype) == ((4, num_times, 2), np.float64)


def test_derivatives_are_exact_at_the_clean_states(task, rng):
    trajectories = _generate(task, rng, noise_std=0.1, rng=rng)
    expected = np.stack(SETTINGS[task][3](*np.moveaxis(trajectories.clean_states, -1, 0)), -1)
    np.testing.assert_allclose(trajectories.time_derivatives, expected, atol=1e-15)  # two roundings


def test_noise_is_on_the_states_alone(task):
    clean, noisy = (
        _generate(task, np.random.default_rng(0), noise_std=std, rng=np.random.default_rng(1)) for std in (0.0, 0.1)
    )
    np.testing.assert_array_equal(noisy.clean_states, clean.clean_states)
    np.testing.assert_array_equal(noisy.time_derivatives, clean.time_derivatives)
    np.testing.assert_array_equal(clean.states, clean.clean_states)
    noise = noisy.states - noisy.clean_states
    # 50 * 30 * 2 = 3000 numbers know their standard deviation to 1.3 %: four sigma.
    assert np.std(noise) == pytest.approx(0.1, rel=0.052)


def test_the_same_rng_gives_the_same_noise():
    first, second = (
        _generate("pendulum", np.random.default_rng(0), count=3, noise_std=0.1, rng=np.random.default_rng(1))
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.states, second.states)


def test_noise_without_an_rng_is_refused(rng):
    with pytest.raises(ValueError, match="expected an rng"):
        _generate("pendulum", rng, count=2, noise_std=0.1)


def test_negative_noise_is_refused(rng):
    with pytest.raises(ValueError, match="noise_std"):
        _generate("pendulum", rng, count=2, noise_std=-0.1, rng=rng)


def test_a_slice_is_of_whole_trajectories(rng):
    whole = _generate("pendulum", rng, count=5, noise_std=0.1, rng=rng)
    part = whole[1:3]
    np.testing.assert_array_equal(part.times, whole.times)
    for name in ("states", "clean_states", "time_derivatives"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[1:3])


@pytest.mark.parametrize("interpolation", ["zero_order_hold", "linear"])
def test_inputs_are_kept_with_the_derivatives_at_the_same_times(interpolation, rng):
    system, times = systems.DrivenPendulum(damping=0.3), np.array([0.0, 0.1, 0.3])
    starts, inputs = rng.normal(size=[4, 2]), rng.normal(size=[4, 3, 1])
    options = {"noise_std": 0.1, "rng": rng, "input_interpolation": interpolation}
    trajectories = data.generate_trajectories(system, starts, times, inputs=inputs, **options)
    assert trajectories.input_interpolation == interpolation
    np.testing.assert_array_equal(trajectories.inputs, inputs)
    q, p = np.moveaxis(trajectories.clean_states, -1, 0)
    expected = np.stack([p, -9.81 * np.sin(q) - 0.3 * p + inputs[..., 0]], -1)
    # A few roundings of numbers up to 10.
    np.testing.assert_allclose(trajectories.time_derivatives, expected, rtol=0, atol=1e-14)
    part = trajectories[1:3]
    np.testing.assert_array_equal(part.inputs, inputs[1:3])
    assert part.input_interpolation == interpolation


def test_the_same_inputs_for_all_are_kept_for_each(rng):
    inputs = rng.normal(size=[3, 1])
    found = data.generate_trajectories(
        systems.DrivenPendulum(), rng.normal(size=[2, 2]), [0.0, 0.1, 0.2], inputs=inputs
    )
    np.testing.assert_array_equal(found.inputs, np.stack([inputs, inputs]))


def test_without_inputs_there_are_none(rng):
    trajectories = _generate("pendulum", rng, count=2)
    assert trajectories.inputs is None
    assert trajectories[:1].inputs is None


def test_missing_inputs_are_refused():
    with pytest.raises(ValueError, match="inputs: expected .* received none; give zeros for the free motion"):
        data.generate_trajectories(systems.DrivenPendulum(), np.zeros([1, 2]), np.array([0.0, 1.0]))


def _numbered(num_trajectories=3, num_times=4):
    """Trajectories whose every state says where it is: (trajectory, time index); clean ones are negative."""
    i, k = np.meshgrid(np.arange(num_trajectories), np.arange(num_times), indexing="ij")
    states = np.stack([i, k], -1).astype(float)
    return data.Trajectories(np.array([0.0, 0.5, 0.75, 2.0])[:num_times], -states, states, 10 + states)


def test_observed_samples_pair_observed_states_with_derivatives():
    samples = _numbered().observed_samples()
    assert samples.keys() == {"state", "time_derivative"}
    assert samples["state"].shape == (12, 2)
    np.testing.assert_array_equal(samples["time_derivative"], 10 + samples["state"])


def test_clean_samples_pair_clean_states_with_derivatives():
    samples = _numbered().clean_samples()
    assert samples.keys() == {"state", "time_derivative"}
    np.testing.assert_array_equal(samples["time_derivative"], 10 - samples["state"])


def test_transitions_stay_within_one_trajectory():
    samples = _numbered().transition_samples()
    assert samples.keys() == {"state", "next_state", "time_step"}
    assert samples["state"].shape == (9, 2)  # 3 trajectories, 4 - 1 neighbours
    np.testing.assert_array_equal(samples["next_state"] - samples["state"], np.tile([0, 1], [9, 1]))
    # Each from its own time: the steps are 0.5, 0.25 and 1.25.
    expected = np.array([0.5, 0.25, 1.25])[samples["state"][:, 1:].astype(int)]
    np.testing.assert_array_equal(samples["time_step"], expected)


@pytest.mark.parametrize(
    ("starts", "times", "message"),
    [
        ([[np.nan, 0.0]], [0.0, 1.0], "finite initial states"),
        ([[1.0, 0.0]], [0.0, np.inf], "finite, increasing times"),
        ([[1.0, 0.0]], [0.0, 2.0, 1.0], "finite, increasing times"),
        ([[1.0, 0.0]], [[0.0, 1.0]], r"times \[T\]; received \(1, 2\)"),
    ],
)
def test_data_that_cannot_be_are_refused(starts, times, message):
    with pytest.raises(ValueError, match=message):
        data.generate_trajectories(systems.Pendulum(), np.array(starts), np.array(times))
