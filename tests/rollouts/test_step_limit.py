"""The limit of all the steps of a call, as servers need it, and times that repeat."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import rollout_at_times, systems

PENDULUM = systems.Pendulum()


class Counting:
    """A pendulum that counts its evaluations."""

    def __init__(self):
        self.evaluations = tf.Variable(0)

    def __call__(self, state):
        self.evaluations.assign_add(1)
        return PENDULUM(state)


def _counted(times, integrator="rk4", **options):
    """Trajectory, and the evaluations that it took; in a graph, where what isn't solved is NaN."""
    field, run = _compiled(integrator, **options)
    times = np.asarray(times)
    field.evaluations.assign(0)
    path = run(np.linspace([0.5, 0.1], [1.5, -0.3], len(times)), times)
    return path.numpy(), int(field.evaluations)


@functools.cache
def _compiled(integrator, **options):
    """A field that counts, and its rollout for batches and times of any size, as servers have it."""
    field, number = Counting(), tf.float64

    @tf.function(
        autograph=False, input_signature=[tf.TensorSpec([None, 2], number), tf.TensorSpec([None, None], number)]
    )
    def run(start, times):
        return rollout_at_times(field, start, times, integrator=integrator, checkpointing=False, **options)

    return field, run


def _number_reached(path):
    return (~np.isnan(path).any(-1)).sum(1).tolist()


def _staggered(size, steps):
    """Each row moves in an interval of its own, by so many steps of 0.1."""
    return 0.1 * steps * (np.arange(size + 1) > np.arange(size)[:, np.newaxis])


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"max_step_size": 0.1}, {"substeps": 3}])
def test_within_the_limit_the_answer_is_the_same_to_the_bit(rng, options):
    start, times = rng.normal(size=[3, 2]), np.cumsum(rng.uniform(0, 0.5, [3, 7]), 1)
    expected = rollout_at_times(PENDULUM, start, times, **options)
    np.testing.assert_array_equal(rollout_at_times(PENDULUM, start, times, max_steps=50, **options), expected)
    shared = rollout_at_times(PENDULUM, start, times[0], max_steps=50, **options)
    np.testing.assert_array_equal(shared, rollout_at_times(PENDULUM, start, times[0], **options))


@pytest.mark.parametrize("options", [{"max_step_size": 0.1}, {"substeps": 5}])
@pytest.mark.parametrize(
    "integrator", ["rk4", *(pytest.param(name, marks=pytest.mark.slow) for name in ("gauss4", "dormand_prince"))]
)
def test_repeated_times_take_no_step(options, integrator):
    path, evaluations = _counted([[0, 0.5, 0.7]] * 2, integrator, max_steps=100, **options)
    repeated, same = _counted([[0] * 9 + [0.5] * 1000 + [0.7] * 9] * 2, integrator, max_steps=100, **options)
    assert same == evaluations
    np.testing.assert_array_equal(repeated, np.repeat(path, [9, 1000, 9], 1))


@pytest.mark.parametrize("options", [{"max_step_size": 0.1}, {"substeps": 7}])
def test_a_row_is_nan_from_the_time_on_at_which_its_steps_pass_the_limit(options):
    path, evaluations = _counted([np.arange(10) * 0.7], max_steps=30, **options)
    assert _number_reached(path) == [5]  # the first, and four of seven steps each
    assert evaluations == 4 * 28


def test_a_row_that_asks_for_too_much_leaves_the_others_alone():
    times = [[0, 0.5, 1.0], [0, 50.0, 51.0], [0, 0.5, np.nan], [np.inf, 0.5, 1.0], [0, 1e30, 2.0]]
    path, evaluations = _counted(times, max_step_size=0.1, max_steps=20)
    assert _number_reached(path) == [3, 1, 2, 1, 1]
    assert evaluations == 4 * 10
    start = tf.constant([[0.5, 0.1]], tf.float64)
    np.testing.assert_array_equal(path[:1], rollout_at_times(PENDULUM, start, times[:1], max_step_size=0.1))


@pytest.mark.parametrize("size", [1, 2, 5, 40])
def test_rows_that_move_one_after_another_take_no_more_together(size):
    path, evaluations = _counted(_staggered(size, 40), max_step_size=0.1, max_steps=100)
    assert evaluations <= 4 * 100
    assert np.isnan(path[:, -1]).any() == (size > 2)


def test_the_longest_rows_are_lost_first_and_a_share_is_safe():
    times = _staggered(5, 80)
    times[2] /= 4  # 20 steps, a fifth of the limit
    path, evaluations = _counted(times, max_step_size=0.1, max_steps=100)
    assert np.isfinite(path[2]).all()
    assert np.isnan(path[[0, 1, 3, 4], -1]).all()
    assert evaluations == 4 * 20


@pytest.mark.slow
@pytest.mark.parametrize(
    ("integrator", "stages"),
    [("gauss4", 2), ("dormand_prince", 6)],
)
def test_what_is_repeated_within_steps_is_limited_too(integrator, stages):
    times = np.arange(41)[np.newaxis] * 0.5
    free, evaluations = _counted(times, integrator, substeps=1, max_steps=10_000)
    assert np.isfinite(free).all()
    path, limited = _counted(times, integrator, substeps=1, max_steps=150)
    reached = _number_reached(path)[0]
    assert 2 < reached < 41
    np.testing.assert_array_equal(path[:, :reached], free[:, :reached])
    # The repetitions, at most 40 of the last step over the limit; and few evaluations at the beginning of each step.
    assert limited <= stages * (150 + 40) + 40 * (2 * stages + 1) < evaluations


@pytest.mark.slow
def test_repetitions_of_rows_one_after_another_are_limited_together():
    options = {"substeps": 8, "max_steps": 200}
    # Each row has a stretch that needs some 70 tries for each of its eight steps.
    path, evaluations = _counted(_staggered(8, 400), "dormand_prince", **options)
    assert np.isnan(path[:, -1]).all()
    assert evaluations <= 6 * (2 * 200 + 100) + 64 * 2


@pytest.mark.parametrize("batch", [0, 3])
@pytest.mark.parametrize("num_times", [0, 1])
def test_no_times_and_no_states_give_what_they_give_without_a_limit(batch, num_times):
    start, times = np.ones([batch, 2]), np.zeros([batch, num_times])
    path = rollout_at_times(PENDULUM, start, times, substeps=1, max_steps=5)
    np.testing.assert_array_equal(path, np.ones([batch, num_times, 2]))


@pytest.mark.slow
def test_gradients_flow_to_the_start_and_to_times_that_differ():
    start, times = tf.constant([[0.5, 0.1]], tf.float64), tf.constant([[0, 0.4, 0.4, 1.0]], tf.float64)

    def gradients(**options):
        with tf.GradientTape() as tape:
            tape.watch([start, times])
            end = rollout_at_times(PENDULUM, start, times, substeps=3, integrator="gauss4", **options)[:, -1]
        return tape.gradient(end, [start, times])

    limited, free = gradients(max_steps=1000), gradients()
    np.testing.assert_allclose(limited[0], free[0], rtol=1e-13)
    np.testing.assert_allclose(limited[1].numpy()[:, [0, 3]], free[1].numpy()[:, [0, 3]], rtol=1e-13)


@pytest.mark.parametrize("max_steps", [0, 1.5, 10_000_001, float("nan")])
def test_a_limit_that_is_none_is_refused(max_steps):
    with pytest.raises(ValueError, match="max_steps: expected an integer from 1 to 10000000; received"):
        rollout_at_times(PENDULUM, np.ones([1, 2]), [0.0, 1.0], substeps=1, max_steps=max_steps)


def test_compensated_sums_of_repetitions_are_refused():
    options = {"substeps": 1, "max_steps": 5, "compensated": True}
    with pytest.raises(ValueError, match="max_steps: expected compensated=False with integrator 'gauss4'"):
        rollout_at_times(PENDULUM, np.ones([1, 2]), [0.0, 1.0], integrator="gauss4", **options)
