"""The interval of a friction coefficient, on readings of an oscillator whose friction is known."""

import keras
import numpy as np
import pytest

from hnn_tf import HamiltonianNetwork, InputError, models, objectives
from hnn_tf.evaluation import friction_interval
from hnn_tf.evaluation.friction_estimate import smoothed
from hnn_tf.training.training_loop import TrainingLoop

GAMMA, STIFFNESS, NOISE = 0.1, 2.0, 0.03


class _Oscillator(keras.layers.Layer):
    """H = (p^2 + k q^2) / 2, k learned."""

    def build(self, _):
        self.k = self.add_weight(shape=(), initializer=keras.initializers.Constant(STIFFNESS))

    def call(self, state):
        return (state[..., 1] ** 2 + self.k * state[..., 0] ** 2) / 2


def _model():
    model = HamiltonianNetwork(_Oscillator(dtype="float64"), models.LinearFriction(dtype="float64"))
    model.build([None, 2])
    model.dissipation.variables[0].assign([GAMMA**0.5])
    return model


def _motion(times):
    """The exact motion from q = 1, p = 0."""
    omega = np.sqrt(STIFFNESS - GAMMA**2 / 4)
    c, s = np.cos(omega * times), np.sin(omega * times) / omega
    return np.exp(-GAMMA * times / 2)[:, None] * np.stack([c + GAMMA / 2 * s, -STIFFNESS * s], -1)


@pytest.fixture
def times(rng):
    return np.cumsum(rng.uniform(0.1, 0.2, 150))


@pytest.mark.slow
def test_the_nearest_motion_is_nearer_to_the_truth_than_the_readings(times, rng):
    truth = _motion(times)
    readings = truth + NOISE * rng.normal(size=truth.shape)
    errors = [np.sqrt(np.mean((states - truth) ** 2)) for states in (readings, smoothed(_model(), times, readings))]
    # Two numbers are fitted to some forty, so that a fourth or fifth of the noise is left.
    assert errors[0] == pytest.approx(NOISE, rel=0.1)
    assert errors[1] < 0.35 * NOISE


@pytest.mark.slow
def test_readings_without_noise_are_their_own_motion(times):
    # 1e-6: of the rollouts and of derivatives by differences, squared.
    np.testing.assert_allclose(smoothed(_model(), times, _motion(times)), _motion(times), atol=1e-6)


def test_a_model_without_a_coefficient_is_refused(times):
    model = HamiltonianNetwork(_Oscillator(dtype="float64"), name="plain")
    with pytest.raises(InputError, match="plain: expected a model with linear friction; train hnn_friction instead"):
        friction_interval(model, objectives.OneStep(), dict, times, _motion(times))


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t[::-1]], ids=["fewer", "decreasing"])
def test_times_that_are_not_those_of_the_readings_are_refused(times, change):
    with pytest.raises(InputError, match=r"expected increasing times \[T\]"):
        friction_interval(_model(), objectives.OneStep(), dict, change(times), _motion(times))


@pytest.mark.slow
def test_the_interval_holds_the_known_friction_and_noise_is_no_part_of_it(times, rng):
    truth = _motion(times)
    readings = truth + NOISE * rng.normal(size=truth.shape)

    def samples(states):
        return {"state": states[:-1], "next_state": states[1:], "time_step": np.diff(times)[:, None]}

    model = _model()
    TrainingLoop(model, objectives.OneStep(), keras.optimizers.Adam(3e-3), samples(readings)).run(600)
    weights, trained = model.get_weights(), float(model.dissipation.coefficient[0])
    options = {"num_refits": 12, "steps": 500, "learning_rate": 3e-3}
    value, low, high = friction_interval(model, objectives.OneStep(), samples, times, readings, **options)
    assert low < GAMMA < high
    assert value == pytest.approx((low + high) / 2)
    assert 0 < high - low < 0.6 * GAMMA
    # One-step matching at noisy states takes noise for friction: over a dozen draws 0.007 to 0.027 of it.
    assert 0.005 < trained - value < 0.03
    for after, before in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(after, before)
