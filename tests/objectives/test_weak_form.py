"""The weak form, on a linear oscillator, where all that it promises is known."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import HamiltonianNetwork, InputError, MLPHamiltonian, TrainingLoop, systems
from hnn_tf.motion_inputs import interval_ends
from hnn_tf.objectives import WeakForm

SYSTEM = systems.MassSpring()  # H = q^2 + p^2, so ds/dt = A s:
A = np.array([[0.0, 2.0], [-2.0, 0.0]])


def _samples(rng, *, count=8, num_times=30, span=3.0, noise_std=0.0, irregular=False):
    """Exact trajectories, or observed with noise."""
    times = np.broadcast_to(np.linspace(0.0, span, num_times), (count, num_times))
    if irregular:
        times = times + rng.uniform(-0.3, 0.3, times.shape) * span / num_times
    radius, angle = rng.uniform(0.3, 1.0, [count, 1]), rng.uniform(0.0, 2 * np.pi, [count, 1]) - 2 * times
    states = np.stack([radius * np.cos(angle), radius * np.sin(angle)], -1)
    return {"times": times, "states": states + noise_std * rng.standard_normal(states.shape)}


def _constants(samples):
    return {name: tf.constant(column) for name, column in samples.items()}


def _loss(samples, *, field=SYSTEM, **options):
    return float(WeakForm(**options).loss(field, _constants(samples)))


def _true_feature(state):
    """The true field as the only feature: its coefficient is the learned clock's rate."""
    return SYSTEM(state)[..., tf.newaxis]


def test_the_exact_motions_residual_falls_at_the_quadratures_order():
    losses = [_loss(_samples(np.random.default_rng(0), num_times=n), window=n) for n in (33, 65)]
    assert 0.5 * np.log2(losses[0] / losses[1]) == pytest.approx(4, abs=0.1)  # 0.1: the next term


def test_irregular_times_are_as_good(rng):
    # Third order then: a step of 0.1 at omega = 2 leaves about 0.2^3 / 24; the trapezoid would leave ten times more.
    assert _loss(_samples(rng, irregular=True)) ** 0.5 < 3e-4


def test_only_differences_of_times_matter(rng):
    samples = _samples(rng, noise_std=0.1)
    later = samples | {"times": samples["times"] + 64.0}
    assert _loss(later) == pytest.approx(_loss(samples), rel=1e-10)  # the shifted times' roundings


def test_a_constant_offset_of_the_states_does_not_matter(rng):
    samples = _samples(rng, noise_std=0.1)
    far = samples | {"states": samples["states"] + 64.0}
    assert _loss(far, field=lambda s: SYSTEM(s - 64.0)) == pytest.approx(_loss(samples), rel=1e-10)


@pytest.mark.parametrize("window", [3, 10, 30])
def test_noise_gives_the_residuals_the_variance_that_theory_predicts(rng, window):
    samples = _samples(rng, count=2000, noise_std=0.1)
    # r = psi (D - I A) noise, D the steps, I the integrals; psi I from what the field 1 leaves of states that stay.
    objective, unit = WeakForm(window=window), {"times": samples["times"][:1], "states": np.zeros([1, 30, 30])}
    eye = np.eye(30)[np.newaxis]
    steps = objective.residuals(tf.zeros_like, _constants(unit | {"states": eye})).numpy()[0]
    integrals = -objective.residuals(lambda s: tf.eye(30, dtype=s.dtype), _constants(unit)).numpy()[0]
    variance = 0.1**2 * np.sum(steps**2 + 4 * integrals**2)  # A^T A = 4; steps and integrals mix by tr A = 0
    assert np.sum(steps**2) == pytest.approx(1.0, rel=1e-12)  # so without f it is the noise's own
    # The loss is half of |r_q|^2 + |r_p|^2, whose variance follows from the residuals' covariances; four deviations.
    own = 0.1**2 * (steps @ steps.T + 4 * integrals @ integrals.T)
    cross = 0.1**2 * 2 * (steps @ integrals.T - integrals @ steps.T)
    deviation = ((np.sum(own**2) + np.sum(cross**2)) / 2000) ** 0.5
    assert _loss(samples, window=window) == pytest.approx(variance, abs=4 * deviation)


def test_white_noise_leaves_white_residuals_of_a_whole_trajectory():
    samples = {"times": np.arange(8.0)[np.newaxis], "states": np.eye(8)[np.newaxis]}
    steps = WeakForm(window=8).residuals(tf.zeros_like, _constants(samples)).numpy()[0]
    np.testing.assert_allclose(steps @ steps.T, np.eye(7) / 7, atol=1e-14)  # a few roundings


def test_the_clock_runs_less_slow_than_by_derivative_matching():
    samples, clean = (_samples(np.random.default_rng(0), count=1000, noise_std=std) for std in (0.1, 0.0))

    def slowness(rows, targets):
        return 1 - rows @ targets / (rows @ rows)

    matching = slowness(np.ravel(samples["states"] @ A.T), np.ravel(clean["states"] @ A.T))
    assert matching == pytest.approx(0.01 / (0.01 + np.mean(clean["states"] ** 2)), rel=0.03)  # 60000 readings
    weak = {}
    for window in (3, 10, 15):
        rows, targets = WeakForm(window=window).linear_regression(_true_feature, samples)
        weak[window] = slowness(rows[:, 0], targets)
    # About 2 / window of it, by the noise of an integral over a window against the integral's variance in it, as long
    # as the motion in the window is nearly straight: 10 samples are a third of a period here.
    assert weak[3] < 2 / 3 * matching
    assert 0 < weak[15] < weak[10] < 1.2 * 2 / 10 * matching


def test_the_regression_gives_back_the_true_field(rng):
    def monomials(state):  # J grad of q, p, q^2, q p, p^2
        q, p = state[..., 0], state[..., 1]
        zero, one = tf.zeros_like(q), tf.ones_like(q)
        return tf.stack([tf.stack([zero, one, zero, q, 2 * p], -1), tf.stack([-one, zero, -2 * q, -p, zero], -1)], -2)

    rows, targets = WeakForm().linear_regression(monomials, _samples(rng))
    # 1e-4: the quadrature's (omega h)^4 / 120 = 1.5e-5 of the clock, and its end intervals.
    np.testing.assert_allclose(np.linalg.lstsq(rows, targets, rcond=None)[0], [0, 0, 1, 0, 1], atol=1e-4)


def test_the_regressions_mean_square_is_the_loss(rng):
    samples = _samples(rng, noise_std=0.1, irregular=True)
    rows, targets = WeakForm().linear_regression(_true_feature, samples)
    loss = _loss(samples, field=lambda s: 0.7 * SYSTEM(s))
    assert np.mean((rows @ [0.7] - targets) ** 2) == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize("interpolation", ["zero_order_hold", "linear"])
def test_the_regressions_mean_square_is_the_loss_under_inputs(rng, interpolation):
    samples = _samples(rng, noise_std=0.1, irregular=True)
    inputs = rng.normal(size=[*samples["times"].shape, 1])
    samples |= {"inputs": inputs, "end_inputs": interval_ends(inputs, interpolation)}
    rows, targets = WeakForm().linear_regression(
        _true_feature, samples, input_features=lambda u: tf.stack([tf.zeros_like(u), u], -2)
    )

    def motion(state, inputs):
        return 0.7 * SYSTEM(state) + 0.4 * tf.concat([tf.zeros_like(inputs), inputs], -1)

    loss = WeakForm().loss(motion, _constants(samples))
    # The loss continues the inputs beyond the interval, where they have no curvature, as the mean input says.
    assert np.mean((rows @ [0.4, 0.7] - targets) ** 2) == pytest.approx(float(loss), rel=1e-11)


def test_inputs_are_not_ignored(rng):
    samples = _samples(rng)
    inputs = np.ones([*samples["times"].shape, 1])
    with pytest.raises(InputError, match="so that no input is ignored; received inputs alone"):
        WeakForm().linear_regression(_true_feature, samples | {"inputs": inputs, "end_inputs": inputs})


def test_the_gradient_is_that_of_finite_differences(rng):
    samples = _constants(_samples(rng, noise_std=0.1, irregular=True))
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[4], dtype="float64"))
    model.build([None, 2])
    with tf.GradientTape() as tape:
        loss = WeakForm().loss(model, samples)
    gradients = tape.gradient(loss, model.trainable_variables)
    for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
        value, direction = variable.numpy(), rng.normal(size=variable.shape)
        losses = []
        for step in (1e-5, -1e-5):
            variable.assign(value + step * direction)
            losses.append(float(WeakForm().loss(model, samples)))
        variable.assign(value)
        # 1e-6: rounding of the losses, 1e-16, over the step, and the step squared.
        assert (losses[0] - losses[1]) / 2e-5 == pytest.approx(np.sum(gradient * direction), rel=1e-6, abs=1e-8)


@pytest.mark.slow
def test_trains_in_the_compiled_loop_in_batches_of_trajectories(rng):
    samples = _samples(rng, noise_std=0.1, irregular=True)
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=[16]))
    model.build([None, 2])
    loop = TrainingLoop(model, WeakForm(), keras.optimizers.Adam(1e-2), samples, batch_size=4)
    assert loop.loss() > 0.1  # the motion itself
    loop.run(400)
    assert 0.005 < loop.loss() < 0.02  # the noise's variance


def test_times_that_do_not_increase_make_the_loss_nan(rng):
    samples = _samples(rng)
    times = samples["times"].copy()
    times[0, [4, 5]] = times[0, [5, 4]]
    assert np.isnan(_loss(samples | {"times": times}))


@pytest.mark.parametrize("window", [2, 0, 4.5])
def test_a_window_of_less_than_three_samples_is_refused(window):
    with pytest.raises(ValueError, match="window: expected an integer >= 3; received"):
        WeakForm(window=window)


def test_trajectories_shorter_than_the_window_are_refused(rng):
    with pytest.raises(InputError, match="at least window=10 samples; received 9; give a smaller window"):
        _loss(_samples(rng, num_times=9))


def test_the_regression_refuses_times_that_do_not_increase(rng):
    samples = _samples(rng)
    with pytest.raises(InputError, match="times: expected increasing times"):
        WeakForm().linear_regression(_true_feature, samples | {"times": -samples["times"]})
