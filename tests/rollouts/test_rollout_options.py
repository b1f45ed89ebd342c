"""XLA, compensated summation, and methods that may find no solution."""

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import NotSolvedError, integrators, rollout, rollout_at_times, systems

PENDULUM = systems.Pendulum()


def _start(rng, count):
    return tf.constant(rng.normal(size=[count, 2]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("integrator", "compensated"),
    [
        ("leapfrog", True),
        pytest.param("gauss4", False, marks=pytest.mark.slow),
        pytest.param("tao4", True, marks=pytest.mark.slow),
        pytest.param("rk8", True, marks=pytest.mark.slow),
        pytest.param("dormand_prince", False, marks=pytest.mark.slow),
    ],
)
def test_xla_gives_the_same(rng, integrator, compensated):
    options = {"integrator": integrator, "compensated": compensated}
    start, times = _start(rng, 2), np.array([[0.0, 0.3, 1.0], [1.0, 0.9, -0.2]])
    for plain, xla in (
        [rollout(PENDULUM, start, step_size=0.1, num_steps=9, jit_compile=jit, **options) for jit in (False, True)],
        [rollout_at_times(PENDULUM, start, times, substeps=2, jit_compile=jit, **options) for jit in (False, True)],
    ):
        # XLA rounds in another order. The most of rk8: the coefficients of a stage add up to 96, slopes are up to 4 and
        # steps 0.55, so a stage is rounded by 2.3e-14; it enters the state by up to h b f' = 0.55 x 5.8 x 6, in each
        # of four steps.
        np.testing.assert_allclose(xla, plain, rtol=0.0, atol=2e-12)


def test_xla_compiles_once_for_all_counts(rng):
    traces = []

    def field(state):
        traces.append(1)
        return -state

    start = _start(rng, 3)
    paths = [rollout(field, start, step_size=0.01, num_steps=n, jit_compile=True) for n in (0, 1, 7, 1023, 1024, 2500)]
    assert len(traces) == 4  # the four stages of one trace
    assert [path.shape[1] for path in paths] == [1, 2, 8, 1024, 1025, 2501]
    # Across the borders of chunks, too.
    np.testing.assert_array_equal(paths[-1][:, :1025], paths[-2])
    expected = start[:, None] * (1 - 0.01 + 0.01**2 / 2 - 0.01**3 / 6 + 0.01**4 / 24) ** np.arange(2501)[:, None]
    np.testing.assert_allclose(paths[-1], expected, rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_compensated_summation_keeps_the_digits_of_float32(jit_compile):
    start = np.array([[1.9, 0.3], [0.5, 0.1]])
    options = {"step_size": 2**-6, "num_steps": 3000, "integrator": "leapfrog", "jit_compile": jit_compile}
    exact = rollout(PENDULUM, tf.constant(start), **options)[:, -1]
    errors = [
        np.abs(rollout(PENDULUM, tf.constant(start, tf.float32), compensated=c, **options)[:, -1] - exact.numpy()).max()
        for c in (False, True)
    ]
    # Forces of up to 3 are rounded in float32, by some 2e-7: 3000 kicks of 2^-6 of that add up like a random walk to
    # 2e-7, which the pendulum's shear turns into twice as much of the angle; the end itself is rounded by 1e-7.
    assert errors[1] < 2e-6
    assert errors[0] > 20 * errors[1]


def test_steps_too_long_for_an_implicit_method_are_an_error():
    start = tf.constant([[2.0, 0.0], [0.0, 0.0]], tf.float64)
    message = r"'implicit_midpoint': found no solution for 1 of 2 states, first between outputs 0 and 1; take smaller"
    with pytest.raises(NotSolvedError, match=message):
        rollout(PENDULUM, start, step_size=5.0, num_steps=3, integrator="implicit_midpoint")

    graph = tf.function(
        lambda s: rollout(PENDULUM, s, step_size=5.0, num_steps=3, integrator="implicit_midpoint"), autograph=False
    )
    path = graph(start).numpy()
    assert np.isnan(path[0, 1:]).all()
    np.testing.assert_array_equal(path[1], 0)  # at rest, it has one


def test_an_adaptive_method_that_runs_out_of_steps_is_an_error(rng):
    method = integrators.DormandPrince(rtol=1e-10, atol=1e-10, max_steps=5)
    with pytest.raises(NotSolvedError, match="'dormand_prince': found no solution for 3 of 3 states"):
        rollout(PENDULUM, _start(rng, 3), step_size=10.0, num_steps=1, integrator=method)


@pytest.mark.slow
def test_members_of_an_adaptive_method_have_steps_of_their_own(rng):
    # The second goes further than the first; the third can't be reached.
    start, times = _start(rng, 3), np.array([[0.0, 1.0, 2.0], [0.0, 5.0, 9.0], [0.0, np.nan, 2.0]])
    path = rollout_at_times(PENDULUM, start, times, substeps=1, integrator="dormand_prince")
    for i in range(2):
        alone = rollout_at_times(PENDULUM, start[i], times[i], substeps=1, integrator="dormand_prince")
        np.testing.assert_allclose(path[i], alone, rtol=1e-13)
    assert np.isnan(path[2, 1:]).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dormand_prince", "gauss4"])
def test_a_member_that_is_lost_does_not_keep_the_others(name):
    evaluations = tf.Variable(0)

    def field(state):
        evaluations.assign_add(1)
        return PENDULUM(state)

    start = tf.constant([[1.0, 0.0], [np.nan, 0.0]], tf.float64)
    path = rollout(field, start, step_size=0.1, num_steps=10, integrator=name, checkpointing=False)
    assert np.isfinite(path[0]).all()
    assert np.isnan(path[1]).any(-1).all()
    assert evaluations < 10 * 60  # the limits are 1000 inner steps and 100 iterations, for each of the ten


def test_a_member_with_impossible_times_does_not_hide_anothers_failure():
    method = integrators.DormandPrince(rtol=1e-10, atol=1e-10, max_steps=3)
    times = np.array([[0.0, 10.0], [0.0, np.nan]])
    with pytest.raises(NotSolvedError, match="found no solution for 1 of 2 states"):
        rollout_at_times(PENDULUM, np.ones([2, 2]), times, substeps=1, integrator=method)


def test_another_instance_of_a_method_is_not_traced_again():
    traces = []

    def field(state):
        traces.append(1)
        return -state

    for method in (integrators.RungeKutta4(), integrators.RungeKutta4(), "rk4"):
        rollout(field, np.ones([1, 2]), step_size=0.1, num_steps=2, integrator=method)
    assert len(traces) == 4
    assert integrators.Tao2(omega=2.0) != integrators.Tao2(omega=3.0)


@pytest.mark.parametrize("function", [rollout, rollout_at_times])
def test_stock_tf_function_can_convert_it(function):
    tf.autograph.to_graph(function)  # what it can't, a tf.function would run, but with a warning of six lines


def test_xla_is_refused_where_it_cannot_be(rng):
    start = _start(rng, 1)
    with pytest.raises(ValueError, match="jit_compile: expected checkpointing=True"):
        rollout(PENDULUM, start, step_size=0.1, num_steps=1, jit_compile=True, checkpointing=False)
    inside = tf.function(lambda s: rollout(PENDULUM, s, step_size=0.1, num_steps=1, jit_compile=True), autograph=False)
    with pytest.raises(ValueError, match="jit_compile: expected False inside a graph; compile the graph instead"):
        inside(start)


@pytest.mark.parametrize("times", [3.0, np.zeros([3, 4])])
def test_times_of_another_shape_are_refused(rng, times):
    with pytest.raises(ValueError, match="times: expected shape"):
        rollout_at_times(PENDULUM, _start(rng, 2), times, substeps=1)


def test_a_field_that_gives_nothing_is_refused(rng):
    with pytest.raises(ValueError, match="vector_field: expected a time derivative, a tensor; received None"):
        rollout(lambda _: None, _start(rng, 2), step_size=0.1, num_steps=1)
