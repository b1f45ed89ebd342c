import dataclasses

import numpy as np
import pytest
import scipy.integrate
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, InputError, MLPHamiltonian, rollout, rollout_at_times, systems

PENDULUM = systems.Pendulum()


def _start(rng, *shape):
    return tf.constant(rng.normal(size=[*shape, 2]))


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_trajectory_has_a_time_axis_before_the_state(rng, shape):
    assert rollout(PENDULUM, _start(rng, *shape), step_size=0.1, num_steps=4).shape == (*shape, 5, 2)


def test_the_first_state_is_the_initial_one(rng):
    start = _start(rng, 3)
    np.testing.assert_array_equal(rollout(PENDULUM, start, step_size=0.1, num_steps=4)[:, 0], start)


def test_no_steps_give_the_initial_state_alone(rng):
    assert rollout(PENDULUM, _start(rng, 3), step_size=0.1, num_steps=0).shape == (3, 1, 2)


def test_batch_members_do_not_touch_each_other(rng):
    start = _start(rng, 3)
    together = rollout(PENDULUM, start, step_size=0.1, num_steps=4)
    alone = rollout(PENDULUM, start[1:2], step_size=0.1, num_steps=4)
    np.testing.assert_array_equal(together[1:2], alone)


def test_a_negative_step_runs_backwards(rng):
    start = _start(rng, 3)
    end = rollout(PENDULUM, start, step_size=0.01, num_steps=50, integrator="rk8")[:, -1]
    back = rollout(PENDULUM, end, step_size=-0.01, num_steps=50, integrator="rk8")[:, -1]
    np.testing.assert_allclose(back, start, atol=1e-14)  # the eighth-order error at h = 0.01 is below round-off


def test_another_count_of_steps_is_not_traced_again(rng):
    traces = []

    def field(state):
        traces.append(1)
        return -state

    start = _start(rng, 3)
    for count in (2, 5, 9):
        rollout(field, start, step_size=0.1, num_steps=count, integrator="rk4")
    assert len(traces) == 4  # the four stages of one trace


def test_is_the_same_inside_a_graph(rng):
    start = _start(rng, 3)
    graph = tf.function(lambda s: rollout(PENDULUM, s, step_size=0.1, num_steps=7), autograph=False)
    np.testing.assert_array_equal(graph(start), rollout(PENDULUM, start, step_size=0.1, num_steps=7))


def test_fixed_steps_and_chosen_times_agree(rng):
    start = _start(rng, 3)
    fixed = rollout(PENDULUM, start, step_size=0.125, num_steps=8)
    chosen = rollout_at_times(PENDULUM, start, np.arange(9) * 0.125, substeps=1)
    np.testing.assert_array_equal(fixed, chosen)


def test_irregular_times_agree_with_scipy():
    times = np.cumsum([0.3, 0.5, 0.01, 1.7, 0.2])
    start = np.array([1.1, 0.4])
    reference = scipy.integrate.solve_ivp(
        lambda _, s: [2 * s[1], -3 * np.sin(s[0])], times[[0, -1]], start, "DOP853", times, rtol=1e-12, atol=1e-12
    ).y.T
    path = rollout_at_times(PENDULUM, tf.constant(start), times, max_step_size=0.02, integrator="rk8")
    np.testing.assert_allclose(path, reference, atol=1e-10)  # DOP853's interpolation at rtol 1e-12


@pytest.mark.slow
def test_each_batch_member_may_have_its_own_times(rng):
    start, times = _start(rng, 2), np.array([[0.0, 0.5, 1.0], [2.0, 2.1, 2.3]])
    together = rollout_at_times(PENDULUM, start, times, substeps=8, integrator="rk8")
    for i in range(2):
        alone = rollout_at_times(PENDULUM, start[i], times[i], substeps=8, integrator="rk8")
        np.testing.assert_allclose(together[i], alone, rtol=1e-15)


def test_decreasing_times_run_backwards(rng):
    start = _start(rng, 2)
    there = rollout_at_times(PENDULUM, start, [0.0, 1.0], max_step_size=0.02, integrator="rk8")[:, -1]
    back = rollout_at_times(PENDULUM, there, [1.0, 0.0], max_step_size=0.02, integrator="rk8")[:, -1]
    np.testing.assert_allclose(back, start, atol=1e-13)


def test_max_step_size_takes_as_few_steps_as_it_may(rng):
    start = _start(rng, 2)
    np.testing.assert_array_equal(
        rollout_at_times(PENDULUM, start, [0.0, 0.3], max_step_size=0.1),
        rollout_at_times(PENDULUM, start, [0.0, 0.3], substeps=3),
    )


@pytest.mark.parametrize("batch", [0, 3])
def test_no_times_give_no_states(rng, batch):
    assert rollout_at_times(PENDULUM, _start(rng, batch), np.zeros([batch, 0]), substeps=1).shape == (batch, 0, 2)


def test_one_time_gives_the_initial_state(rng):
    start = _start(rng, 3)
    np.testing.assert_array_equal(rollout_at_times(PENDULUM, start, [5.0], substeps=1)[:, 0], start)


@pytest.mark.slow
def test_gradients_flow_to_the_initial_state():
    start = tf.constant([0.5, 0.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(start)
        end = rollout(systems.MassSpring(), start, step_size=0.01, num_steps=100, integrator="rk8")[-1, 0]
    # q(1) = q0 cos 2 + p0 sin 2; 1e-12 is above the eighth-order error.
    np.testing.assert_allclose(tape.gradient(end, start), [np.cos(2), np.sin(2)], atol=1e-12)


def test_a_float32_model_stays_float32(rng):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[8]))
    start = tf.cast(_start(rng, 3), tf.float32)
    assert rollout_at_times(model, start, np.linspace(0, 1, 5), substeps=1).dtype == tf.float32


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e12])
def test_times_that_cannot_be_reached_are_nan_for_their_own_member_alone(rng, bad):
    start, times = _start(rng, 3), np.array([[0.0, 1.0, 2.0], [0.0, 0.5, bad], [0.0, bad, 2.0]])
    path = rollout_at_times(PENDULUM, start, times, max_step_size=0.1).numpy()
    alone = rollout_at_times(PENDULUM, start[:1], times[:1], max_step_size=0.1)
    np.testing.assert_array_equal(path[:1], alone)
    np.testing.assert_array_equal(np.isnan(path).all(-1), [[False] * 3, [False, False, True], [False, True, True]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "exactly one of"),
        ({"substeps": 1, "max_step_size": 0.1}, "exactly one of"),
        ({"substeps": 0}, "substeps: expected an integer >= 1; received 0"),
        ({"substeps": np.int64(0)}, "substeps: expected an integer >= 1; received 0"),
        ({"substeps": 1.5}, "substeps: expected an integer >= 1; received 1.5"),
        ({"substeps": [1, 2]}, "substeps: expected a scalar"),
        ({"max_step_size": float("nan")}, "max_step_size: expected a finite number > 0"),
        ({"max_step_size": np.float32(-1)}, "max_step_size: expected a finite number > 0"),
    ],
)
def test_unusable_steps_are_refused(rng, options, message):
    with pytest.raises(ValueError, match=message):
        rollout_at_times(PENDULUM, _start(rng, 1), [0.0, 1.0], **options)


def test_integers_are_refused():
    with pytest.raises(ValueError, match="expected floating-point numbers; received int32"):
        rollout(PENDULUM, [[1, 0]], step_size=0.1, num_steps=1)


@pytest.mark.parametrize("step_size", [np.nan, np.inf])
def test_a_step_that_is_not_finite_is_refused(rng, step_size):
    with pytest.raises(ValueError, match="step_size: expected a finite number; received"):
        rollout(PENDULUM, _start(rng, 1), step_size=step_size, num_steps=1)


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_an_energy_is_not_taken_for_a_time_derivative(rng, batch):
    with pytest.raises(ValueError, match=r"expected a time derivative of shape \(\d, 2\), the state's; received"):
        rollout(PENDULUM.hamiltonian, _start(rng, batch), step_size=0.1, num_steps=1)


def test_pythons_numbers_keep_their_precision():
    # Without an error of the integrator's own: ds/dt = 1 goes exactly as far as the time says.
    start = tf.zeros([1, 2], tf.float64)
    path = rollout(tf.ones_like, start, step_size=0.1, num_steps=3)
    np.testing.assert_allclose(path[0, :, 0], [0, 0.1, 0.2, 0.3], rtol=1e-15)  # a few roundings
    for options in ({"max_step_size": 0.1}, {"substeps": 2}):
        path = rollout_at_times(tf.ones_like, start, [0.0, 0.1, 0.7], **options)
        np.testing.assert_allclose(path[0, :, 0], [0, 0.1, 0.7], rtol=1e-15)


def test_a_count_may_be_a_whole_float(rng):
    assert rollout(PENDULUM, _start(rng, 1), step_size=0.05, num_steps=20 / 0.05).shape == (1, 401, 2)


@pytest.mark.parametrize("count", [-1, np.int64(-1), 2.5])
def test_a_count_that_is_negative_or_broken_is_refused(rng, count):
    with pytest.raises(ValueError, match="num_steps"):
        rollout(PENDULUM, _start(rng, 1), step_size=0.1, num_steps=count)


def test_a_step_for_each_coordinate_is_refused(rng):
    with pytest.raises(ValueError, match=r"step_size: expected a scalar; received shape \(2,\)"):
        rollout(PENDULUM, _start(rng, 1), step_size=[0.1, 0.5], num_steps=1)


def test_a_model_takes_numpy_arrays_in_its_own_precision(rng):
    model, state = HamiltonianNetwork(MLPHamiltonian(hidden_units=[8])), rng.normal(size=[3, 2])
    path = rollout(model, state, step_size=0.1, num_steps=2)
    assert path.dtype == tf.float32
    np.testing.assert_array_equal(path, rollout(model, tf.cast(state, tf.float32), step_size=0.1, num_steps=2))


def test_a_field_that_is_not_hashable_is_refused_with_the_mend(rng):
    @dataclasses.dataclass
    class Growth:
        rate: float

        def __call__(self, state):
            return self.rate * state

    with pytest.raises(TypeError, match="received Growth; give a dataclass frozen=True"):
        rollout(Growth(1.0), _start(rng, 1), step_size=0.1, num_steps=1)


def test_leapfrog_refuses_a_model_that_is_not_separable(rng):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[8]))
    with pytest.raises(InputError, match="needs a separable Hamiltonian"):
        rollout(model, _start(rng, 1), step_size=0.1, num_steps=1, integrator="leapfrog")
