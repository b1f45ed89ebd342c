"""The clean protocol's metrics, each against numbers by hand, and the rollouts that they are taken of."""

import numpy as np
import pytest
import scipy.integrate
import tensorflow as tf

from hnn_tf import BaselineNetwork, evaluation, systems

TIMES = np.linspace(0.0, 20.0, 201)
# Further apart than the steps between them, so that it is the evaluation's own step size that is measured.
SPARSE_TIMES = np.linspace(0.0, 20.0, 11)


# Energy.


def test_energy_mse_is_the_mean_square():
    assert evaluation.energy_mse(np.array([[1.0, 2.0]]), np.array([[1.5, 1.0]])) == (0.25 + 1.0) / 2


def test_energies_of_unequal_shape_are_refused():
    with pytest.raises(ValueError, match="equal shape"):
        evaluation.energy_mse(np.zeros([3, 4]), np.zeros([3, 1]))


def test_a_ramp_drifts_at_its_slope():
    energy = 7.0 - 0.25 * TIMES[None]
    assert evaluation.energy_drift(TIMES, energy) == pytest.approx(0.25, rel=1e-13)  # sums of 200 roundings


def test_drift_is_the_root_mean_square_over_trajectories():
    energy = np.array([[3.0], [-4.0]]) * TIMES
    assert evaluation.energy_drift(TIMES, energy) == pytest.approx(12.5**0.5, rel=1e-13)


def test_a_bounded_oscillation_hardly_drifts():
    oscillation = 0.1 * np.sin(7.0 * TIMES)[None]
    # A line through n cycles of amplitude A over a span T: at most 12 A / (omega T^2) = 4e-4.
    assert evaluation.energy_drift(TIMES, oscillation) < 4.3e-4
    assert evaluation.energy_drift(TIMES, oscillation + 0.1 * TIMES) == pytest.approx(0.1, abs=4.3e-4)


def test_drift_needs_no_regular_times(rng):
    times = np.sort(rng.uniform(0, 20, 50))
    assert evaluation.energy_drift(times, 0.5 * times[None]) == pytest.approx(0.5, rel=1e-13)


# Coordinates.


def test_coordinate_mse_is_the_mean_over_everything():
    true = np.zeros([1, 2, 2])
    assert evaluation.coordinate_mse(true, np.array([[[1.0, 2.0], [0.0, 3.0]]])) == (1 + 4 + 9) / 4


@pytest.mark.parametrize("metric", ["coordinate_mse", "valid_prediction_time"])
def test_trajectories_of_unequal_shape_are_refused(metric):
    times = [np.arange(4.0)] if metric == "valid_prediction_time" else []
    with pytest.raises(ValueError, match="equal shape"):
        getattr(evaluation, metric)(*times, np.zeros([3, 4, 2]), np.zeros([3, 4, 1]))


def _valid_time(errors, *, times=(5.0, 6.0, 8.0, 12.0), size=2.0):
    """Of one trajectory whose true states all have |s| = size and whose prediction is off by errors[t]."""
    true = np.tile([size, 0.0], [1, len(times), 1])
    predicted = true + np.stack([np.zeros(len(times)), np.asarray(errors)], -1)
    return evaluation.valid_prediction_time(np.asarray(times), true, predicted)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([0.0, 0.0, 0.21, 0.0], 3.0),
        ([0.0, 0.19, 0.19, -0.21], 7.0),
        ([0.0, -0.21, 0.0, 0.0], 1.0),
        ([0.0, np.nan, 0.0, 0.0], 1.0),
        ([0.0, 0.0, np.inf, np.nan], 3.0),
        ([0.21, 0.0, 0.0, 0.0], 0.0),
    ],
)
def test_a_prediction_is_valid_until_it_first_passes_a_tenth(errors, expected):
    assert _valid_time(errors) == expected


def test_a_prediction_that_stays_valid_counts_with_the_whole_span():
    assert _valid_time([0.0, 0.1, 0.1, 0.19]) == 7.0


def test_the_tolerance_is_of_the_root_mean_square_state():
    true = np.array([[[3.0, 0.0], [0.0, 1.0]]])  # rms |s| = sqrt(5) = 2.236
    for error, expected in ((0.22, 4.0), (0.23, 0.0)):
        assert evaluation.valid_prediction_time(np.array([0.0, 4.0]), true, true + [error, 0.0]) == expected


def test_valid_time_is_the_median_over_trajectories():
    true = np.ones([3, 4, 2])
    predicted = true.copy()
    predicted[0, 1:] = np.nan
    predicted[1, 2:] = np.nan
    assert evaluation.valid_prediction_time(np.arange(4.0), true, predicted) == 2.0  # of 1, 2, 3


# Derivatives.


def test_derivative_mse_is_the_mean_square_over_samples_and_components():
    samples = {"state": np.array([[1.0, 2.0], [0.0, 1.0]]), "time_derivative": np.array([[4.0, -2.0], [2.0, 3.0]])}
    # The mass-spring's field (2 p, -2 q) is (4, -2) and (2, 0).
    assert evaluation.derivative_mse(systems.MassSpring(), samples) == 9 / 4


def test_derivatives_that_would_broadcast_are_refused():
    with pytest.raises(ValueError, match="equal shape"):
        evaluation.derivative_mse(systems.MassSpring(), {"state": np.zeros([5, 2]), "time_derivative": np.ones([5, 1])})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_derivatives_are_the_models_in_its_own_precision(rng, dtype):
    model = BaselineNetwork(hidden_units=(4,), dtype=dtype)
    state = rng.normal(size=[5, 2])
    field = model(tf.constant(state, dtype)).numpy()
    samples = {"state": state, "time_derivative": field + 0.5}
    # float32: one rounding of 0.5 in 1e-7.
    assert evaluation.derivative_mse(model, samples) == pytest.approx(0.25, rel=1e-6)


def test_the_spread_of_errors_shows_what_the_mean_hides():
    """2000 samples of error 1, of which two have 30: the worst thousandth has nearly half of all."""
    state = np.zeros([2000, 2])
    derivative = np.full([2000, 2], 1.0)
    derivative[[3, 700]] = 30.0
    spread = evaluation.derivative_error_spread(systems.MassSpring(), {"state": state, "time_derivative": derivative})
    assert spread["median"] == 1.0
    assert spread["top_share"] == pytest.approx(2 * 900 / (2 * 900 + 1998), rel=1e-12)


def test_no_error_has_no_share():
    samples = {"state": np.zeros([3, 2]), "time_derivative": np.zeros([3, 2])}
    assert evaluation.derivative_error_spread(systems.MassSpring(), samples) == {"median": 0.0, "top_share": 0.0}


def test_the_median_energy_error_is_that_of_a_typical_trajectory():
    true, predicted = np.zeros([3, 2]), np.array([[1.0, 2.0], [0.0, 0.5], [100.0, 0.0]])
    assert evaluation.median_energy_mse(true, predicted) == 2.5  # of 2.5, 0.125, 5000
    with pytest.raises(ValueError, match="equal shape"):
        evaluation.median_energy_mse(true, predicted[:2])


# Rollouts.


def _dop853(field, start, times):
    return scipy.integrate.solve_ivp(
        lambda _, s: field(s), (times[0], times[-1]), start, "DOP853", times, rtol=1e-13, atol=1e-13
    ).y.T


def test_the_true_pendulum_agrees_with_scipy():
    start = np.array([1.5, 1.74])  # the most energetic of the task's, near the turn-over, where errors grow most
    path = evaluation.evaluation_rollout(systems.Pendulum(), start[None], SPARSE_TIMES)[0]
    expected = _dop853(lambda s: [2 * s[1], -3 * np.sin(s[0])], start, SPARSE_TIMES)
    # 5e-7: a few float32 roundings, below which no metric of a learned model can see.
    np.testing.assert_allclose(path, expected, rtol=0, atol=5e-7)


@pytest.mark.slow
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-4), ("float64", 1e-9)])
def test_a_learned_field_agrees_with_scipy(rng, dtype, tolerance):
    model = BaselineNetwork(hidden_units=(16,), dtype=dtype)
    model.build([None, 2])
    kernel, bias, output = (v.numpy().astype(np.float64) for v in model.variables)
    start = rng.normal(size=[2])
    path = evaluation.evaluation_rollout(model, start[None], SPARSE_TIMES)[0]
    expected = _dop853(lambda s: np.tanh(s @ kernel + bias) @ output, start, SPARSE_TIMES)
    # float64: rk8 at h = 0.1; float32: 200 steps of states up to 20, each rounded by 1e-6.
    np.testing.assert_allclose(path, expected, rtol=0, atol=tolerance)
    assert path.dtype == np.float64


def test_each_trajectory_may_have_its_own_times(rng):
    starts, times = rng.normal(size=[2, 2]), np.array([[0.0, 0.5, 1.0], [2.0, 2.1, 2.3]])
    together = evaluation.evaluation_rollout(systems.Pendulum(), starts, times)
    assert together.shape == (2, 3, 2)
    for i in range(2):
        expected = _dop853(lambda s: [2 * s[1], -3 * np.sin(s[0])], starts[i], times[i])
        np.testing.assert_allclose(together[i], expected, rtol=0, atol=1e-10)  # rk8 at h = 0.1 over 1


def test_times_far_from_zero_keep_their_intervals_in_float32():
    model = BaselineNetwork(hidden_units=(16,))
    model.build([None, 2])
    start, times = np.array([[1.0, 0.5]]), np.arange(30) / 8  # of dyadic numbers, whose sums are exact
    near, far = (evaluation.evaluation_rollout(model, start, first + times) for first in (0.0, 2.0**31))
    np.testing.assert_array_equal(near, far)  # seconds since 1970: float32 tells 256 s apart there


def test_intervals_of_float32_times_are_float64():
    model = BaselineNetwork(hidden_units=(16,), dtype="float64")
    model.build([None, 2])
    start, times = np.array([[1.0, 0.5]]), np.array([0.1, 3.3], np.float32)  # their difference has more digits
    rounded, exact = (evaluation.evaluation_rollout(model, start, each) for each in (times, times.astype(float)))
    np.testing.assert_array_equal(rounded, exact)


# All together.


def test_a_perfect_prediction_has_no_error_and_the_whole_span(rng):
    true = evaluation.evaluation_rollout(systems.Pendulum(), rng.normal(size=[3, 2]), TIMES)
    metrics = evaluation.evaluate_rollouts(systems.Pendulum(), TIMES, true, true)
    # 1e-9: rk8's own drift at h = 0.1.
    assert metrics.pop("energy_drift") < 1e-9
    assert metrics == {"energy_mse": 0.0, "coordinate_mse": 0.0, "valid_prediction_time": 20.0}


def test_metrics_use_the_systems_energy():
    true = np.tile([1.0, 0.0], [1, len(TIMES), 1])
    predicted = np.stack([np.ones_like(TIMES), 0.1 * TIMES], -1)[None]
    metrics = evaluation.evaluate_rollouts(systems.MassSpring(mass=2.0, spring_constant=3.0), TIMES, true, predicted)
    energy = (0.1 * TIMES) ** 2 / 4  # p^2 / (2 m): what the prediction has too much
    expected = {
        "energy_mse": np.mean(energy**2),
        "coordinate_mse": np.mean((0.1 * TIMES) ** 2) / 2,
        "valid_prediction_time": 1.1,  # 0.1 t > 0.1
        "energy_drift": np.polyfit(TIMES, energy, 1)[0],
    }
    # Roundings; at t = 1 itself 0.1 t = 0.1 is still valid.
    assert metrics == pytest.approx(expected, rel=1e-10)
