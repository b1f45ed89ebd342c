"""Gradients through rollouts: those of the numerical solution, whatever takes part in it, in little memory."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, MLPHamiltonian, integrators, rollout, rollout_at_times, systems
from hnn_tf.numerics.repeated_steps import repeated_steps

PENDULUM = systems.Pendulum()
START = tf.constant([[1.9, 0.3], [0.5, -0.2]], tf.float64)
TIMES = tf.constant([0.0, 0.3, 1.0], tf.float64)


def _slow(value):
    return pytest.param(value, marks=pytest.mark.slow)


class Scaled:
    """A pendulum whose time goes faster by a variable."""

    separable = True

    def __init__(self):
        self.rate = tf.Variable(1.2, dtype=tf.float64)

    def __call__(self, state):
        return self.rate * PENDULUM(state)


def _value(field, start, times, **options):
    path = rollout_at_times(field, start, times, **options)
    return tf.reduce_sum(tf.sin(path[:, 1]) + path[:, 2] ** 2)


def _gradients(field, start, times, **options):
    with tf.GradientTape() as tape:
        tape.watch([start, times])
        value = _value(field, start, times, **options)
    return tape.gradient(value, [start, times, field.rate])


@pytest.mark.parametrize("name", ["rk4", *map(_slow, ["leapfrog", "tao2", "gauss4", "dormand_prince"])])
def test_equals_the_difference_quotient(name):
    # Of a tolerance so tight that another choice of inner steps doesn't show in the quotients.
    method = integrators.DormandPrince(rtol=1e-11, atol=1e-11) if name == "dormand_prince" else integrators.get(name)
    field, options = Scaled(), {"substeps": 1 if name == "dormand_prince" else 3, "integrator": method}
    to_start, to_times, to_rate = _gradients(field, START, TIMES, **options)
    e, along_start, along_times = 1e-5, np.array([[0.3, -0.2], [0.1, 0.7]]), np.array([0.1, -0.3, 0.2])

    def quotient(value):
        return (value(e) - value(-e)) / (2 * e)

    def with_rate(change):
        field.rate.assign(1.2 + change)
        return _value(field, START, TIMES, **options)

    # 1e-7: the quotients' own error, of order e^2, and round-off divided by e.
    quotients = quotient(lambda x: _value(field, START + x * along_start, TIMES, **options))
    np.testing.assert_allclose(tf.reduce_sum(to_start * along_start), quotients, atol=1e-7)
    quotients = quotient(lambda x: _value(field, START, TIMES + x * along_times, **options))
    np.testing.assert_allclose(tf.reduce_sum(to_times * along_times), quotients, atol=1e-7)
    np.testing.assert_allclose(to_rate, quotient(with_rate), atol=1e-7)


@pytest.mark.parametrize("name", [_slow("leapfrog"), _slow("rk4")])
def test_equals_that_which_stores_everything(name):
    options = {"max_step_size": 0.01, "integrator": name}  # 30 steps, and 70 in segments
    stored = _gradients(Scaled(), START, TIMES, checkpointing=False, **options)
    for gradient, expected in zip(_gradients(Scaled(), START, TIMES, **options), stored, strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-12)  # sums of a hundred steps in another order


@pytest.mark.parametrize("name", [_slow("leapfrog"), _slow("gauss4"), _slow("dormand_prince")])
def test_is_the_same_by_xla(name):
    options = {"substeps": 40, "integrator": name}
    plain = _gradients(Scaled(), START, TIMES, **options)
    for gradient, expected in zip(_gradients(Scaled(), START, TIMES, jit_compile=True, **options), plain, strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-12)  # XLA rounds in another order


@pytest.mark.slow
def test_of_fixed_steps_is_the_same_by_xla_too():
    def gradient(jit_compile):
        with tf.GradientTape() as tape:
            tape.watch(START)
            path = rollout(PENDULUM, START, step_size=0.1, num_steps=5, integrator="leapfrog", jit_compile=jit_compile)
        return tape.gradient(path, START)

    np.testing.assert_allclose(gradient(True), gradient(False), rtol=1e-12)  # XLA rounds in another order


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_reaches_tensors_that_the_field_captures(jit_compile):
    def end(rate, checkpointing):
        path = rollout(
            lambda state: rate * PENDULUM(state),
            START,
            step_size=0.1,
            num_steps=7,
            checkpointing=checkpointing,
        )
        return tf.reduce_sum(path[:, -1])

    @tf.function(jit_compile=jit_compile, autograph=False)
    def gradient(raw, checkpointing):
        with tf.GradientTape() as tape:
            tape.watch(raw)
            value = end(tf.exp(raw), checkpointing)
        return tape.gradient(value, raw)

    raw = tf.constant(0.2, tf.float64)
    np.testing.assert_allclose(gradient(raw, True), gradient(raw, False), rtol=1e-12)
    assert gradient(raw, True) != 0


@pytest.mark.slow
def test_second_derivatives_are_right():
    # q(t) = a cos(w t), w = 2 rate: from the start q = a, p = 0; the step is short enough for seven digits.
    rate = tf.Variable(1.0, dtype=tf.float64)

    @tf.function(autograph=False)
    def second():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                start = tf.constant([[1.0, 0.0]], tf.float64)
                spring = systems.MassSpring()
                path = rollout(lambda s: rate * spring(s), start, step_size=0.02, num_steps=50)
                end = path[0, -1, 0]
            first = inner.gradient(end, rate)
        return end, first, outer.gradient(first, rate)

    np.testing.assert_allclose(second(), [np.cos(2), -2 * np.sin(2), -4 * np.cos(2)], atol=2e-7)


@pytest.mark.slow
def test_trains_a_model(rng):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[8], dtype="float64"))
    model.build([None, 2])
    start = tf.constant(rng.normal(size=[3, 2]))

    def gradients(checkpointing):
        with tf.GradientTape() as tape:
            path = rollout(model, start, step_size=0.1, num_steps=5, checkpointing=checkpointing)
            loss = tf.reduce_sum(path**2)
        return tape.gradient(loss, model.trainable_variables)

    for gradient, expected in zip(gradients(True), gradients(False), strict=True):
        np.testing.assert_allclose(gradient, expected, atol=1e-13)


@pytest.mark.slow
def test_a_keras_scope_that_has_ended_is_refused_not_ignored(rng):
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[8], dtype="float64"))
    model.build([None, 2])
    start = tf.constant(rng.normal(size=[3, 2]))

    @tf.function(autograph=False)
    def gradient(checkpointing):
        with tf.GradientTape() as tape:
            values = [v.value + 0.0 for v in model.trainable_variables]
            with keras.StatelessScope(state_mapping=list(zip(model.trainable_variables, values, strict=True))):
                path = rollout(model, start, step_size=0.1, num_steps=5, checkpointing=checkpointing)
        return tape.gradient(path, values)[0]

    assert np.abs(gradient(False)).max() > 0
    with pytest.raises(RuntimeError, match="use checkpointing=False in such a scope"):
        gradient(True)


@pytest.mark.slow
@pytest.mark.parametrize("most", [1, 33, 70])
def test_segments_of_any_length_give_the_same_gradient(most):
    counts = tf.constant([1, most, most // 2 + 1])
    sizes = tf.constant([0.01, -0.02, 0.03], tf.float64)

    def gradients(checkpointing, bound):
        @tf.function(autograph=False)
        def run(start, sizes):
            with tf.GradientTape() as tape:
                tape.watch([start, sizes])
                ends = repeated_steps(
                    lambda s, h: s + h * PENDULUM(s),
                    start,
                    sizes,
                    counts=counts,
                    most=bound,
                    checkpointing=checkpointing,
                )
                value = tf.reduce_sum(tf.sin(ends))
            return tape.gradient(value, [start, sizes])

        return run(START, sizes)

    expected = gradients(False, most)
    for bound in (most, tf.constant(most), 100):
        for gradient, value in zip(gradients(True, bound), expected, strict=True):
            np.testing.assert_allclose(gradient, value, rtol=1e-12)


@pytest.mark.slow
def test_reaches_variables_that_are_not_trainable():
    rate = tf.Variable(1.2, dtype=tf.float64, trainable=False)

    def gradient(checkpointing):
        with tf.GradientTape() as tape:
            tape.watch(rate)
            path = rollout(lambda s: rate * PENDULUM(s), START, step_size=0.1, num_steps=3, checkpointing=checkpointing)
        return tape.gradient(path, rate)

    np.testing.assert_allclose(gradient(True), gradient(False), rtol=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(1, 3), (2, 3)])
def test_of_times_that_broadcast_has_their_shape(shape):
    state, times = tf.tile(START[tf.newaxis], [3, 1, 1]), tf.tile(TIMES[tf.newaxis], [shape[0], 1])
    totals = []
    for options in ({"substeps": 1, "integrator": "dormand_prince"}, {"substeps": 20, "integrator": "rk8"}):
        with tf.GradientTape() as tape:
            tape.watch(times)
            path = rollout_at_times(PENDULUM, state, times, **options)
        totals.append(tape.gradient(path, times).numpy())
        assert totals[-1].shape == shape
    np.testing.assert_allclose(*totals, atol=1e-4)  # the adaptive method's tolerance
