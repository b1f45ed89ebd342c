"""The contract of every derivative estimator; a new one without an entry in CASES fails."""

import dataclasses

import numpy as np
import package_classes
import pytest

from hnn_tf import InputError, derivative_estimators
from hnn_tf.derivative_estimators import FiniteDifference, GaussianProcess, SavitzkyGolay, SmoothingSpline


@dataclasses.dataclass(frozen=True)
class Case:
    """The degree up to which polynomials are exact, the fewest times, and whether states are denoised."""

    estimator: derivative_estimators.DerivativeEstimator
    exact_degree: int
    min_points: int
    denoises: bool = True


CASES = {
    "finite_difference": Case(FiniteDifference(), 1, 3, denoises=False),
    "central": Case(FiniteDifference(scheme="central"), 2, 3, denoises=False),
    "savitzky_golay": Case(SavitzkyGolay(), 3, 5),
    "quadratic": Case(SavitzkyGolay(window=7, degree=2), 2, 7),
    "smoothing_spline": Case(SmoothingSpline(), 2, 5),
    "gaussian_process": Case(GaussianProcess(), 0, 4),
}


def test_every_estimator_has_an_entry():
    assert set(derivative_estimators.DERIVATIVE_ESTIMATORS) <= set(CASES)


def test_every_estimator_class_is_registered():
    classes = package_classes.subclasses(derivative_estimators.DerivativeEstimator)
    assert set(derivative_estimators.DERIVATIVE_ESTIMATORS.values()) == classes
    assert {kind.__name__ for kind in classes} <= set(derivative_estimators.__all__)


@pytest.fixture(params=sorted(CASES))
def case(request):
    return CASES[request.param]


@pytest.fixture
def estimator(case):
    return case.estimator


def irregular(rng, count, points):
    """Times of `count` trajectories, steps within a factor of 3 of each other."""
    return np.cumsum(rng.uniform(0.05, 0.15, [count, points]), axis=1)


def oscillator(times, phase, omega=2.0):
    """States and time derivatives `[N, T, 2]` of q = cos(omega t + phase), p = -sin, phases `[N]`."""
    angle = omega * times + phase[:, None]
    states = np.stack([np.cos(angle), -np.sin(angle)], axis=-1)
    return states, omega * np.stack([-np.sin(angle), -np.cos(angle)], axis=-1)


def test_polynomials_are_exact_at_irregular_times(case, rng):
    times = irregular(rng, 3, 20)
    coefficients = rng.normal(size=[case.exact_degree + 1, 3, 1, 2])
    states = sum(c * times[..., None] ** k for k, c in enumerate(coefficients))
    slopes = sum(k * c * times[..., None] ** max(k - 1, 0) for k, c in enumerate(coefficients))
    estimate = case.estimator.estimate(times, states)
    # 1e-9: roundings 1e-16, times up to 1e3 by the cubics' t^3 / h and some sums.
    np.testing.assert_allclose(estimate.time_derivatives, slopes + np.zeros_like(states), atol=1e-9)
    np.testing.assert_allclose(estimate.states, states + np.zeros_like(slopes), atol=1e-9)
    if case.exact_degree <= 3:  # fourth-order differences are of the noise alone
        assert estimate.noise_std.max() < 1e-9


def test_shapes_and_precision(estimator, rng):
    states = rng.normal(size=[3, 12, 4]).astype(np.float32)
    estimate = estimator.estimate(np.arange(12), states)
    assert [(a.shape, a.dtype) for a in (estimate.states, estimate.time_derivatives)] == [
        (states.shape, np.float64)
    ] * 2
    assert (estimate.noise_std.shape, estimate.noise_std.dtype) == ((4,), np.float64)


def test_only_differences_leave_states_as_they_are(case, rng):
    states = rng.normal(size=[3, 12, 2])
    estimate = case.estimator.estimate(np.arange(12), states)
    assert (estimate.states != states).all() == case.denoises
    assert (estimate.states == states).all() != case.denoises
    assert estimate.states is not states


def test_times_of_each_trajectory_give_what_common_ones_give(estimator, rng):
    times = irregular(rng, 1, 16)[0]
    states, _ = oscillator(times[None], np.arange(4.0))
    states += 0.1 * rng.normal(size=states.shape)
    common = estimator.estimate(times, states)
    # Times that differ a little, so that no trajectory can share the weights of another.
    own = estimator.estimate(times + 1e-9 * np.arange(4)[:, None], states)
    # 1e-6: differences by 1e-9 of a sixth derivative's roundings.
    np.testing.assert_allclose(own.time_derivatives, common.time_derivatives, atol=1e-6)
    np.testing.assert_allclose(own.states, common.states, atol=1e-6)
    np.testing.assert_allclose(own.noise_std, common.noise_std, rtol=1e-6)


def test_units_of_states_and_times_carry_over(estimator, rng):
    times = irregular(rng, 2, 16)
    states, _ = oscillator(times, np.arange(2.0))
    states += 0.1 * rng.normal(size=states.shape)
    estimate = estimator.estimate(times, states)
    scaled = estimator.estimate(60 * times - 5, 1e3 * states + 2)
    np.testing.assert_allclose(scaled.time_derivatives, 1e3 / 60 * estimate.time_derivatives, atol=1e-5)
    np.testing.assert_allclose(scaled.states, 1e3 * estimate.states + 2, atol=1e-5)
    np.testing.assert_allclose(scaled.noise_std, 1e3 * estimate.noise_std, rtol=1e-6)


def test_noise_is_estimated_for_each_coordinate(estimator, rng):
    times = np.linspace(0, 3, 45)
    states, _ = oscillator(times[None], rng.uniform(0, 6, 25))
    std = np.array([0.2, 0.05])
    estimate = estimator.estimate(times, states + std * rng.normal(size=states.shape))
    # 1125 values: sampling error 1 / sqrt(2 * 1125) = 2 %, of fourth differences 3 %; three of them.
    np.testing.assert_allclose(estimate.noise_std, std, rtol=0.09)


def test_smoothing_beats_differences_of_noisy_states(case, rng):
    if not case.denoises:
        pytest.skip("is a difference")
    times = np.linspace(0, 3, 45)
    states, derivatives = oscillator(times[None], rng.uniform(0, 6, 25))
    noisy = states + 0.1 * rng.normal(size=states.shape)

    def errors(estimator):
        estimate = estimator.estimate(times, noisy)
        pairs = ((estimate.time_derivatives, derivatives), (estimate.states, states))
        return [np.sqrt(np.mean(np.square(a - b))) for a, b in pairs]

    slope, state = errors(case.estimator)
    difference_slope, difference_state = errors(FiniteDifference(scheme="central"))
    # The narrowest window here, of 7 points, has 0.27 of the differences' error of slopes, and 0.6 of the states'.
    assert slope < difference_slope / 2
    assert state < difference_state / 1.5


def test_a_coordinate_that_never_moves_has_no_derivative(estimator):
    states = np.stack([np.ones([2, 12]), np.zeros([2, 12])], axis=-1)
    estimate = estimator.estimate(np.arange(12), states)
    assert np.abs(estimate.time_derivatives).max() < 1e-12  # roundings
    assert estimate.noise_std.max() < 1e-12


def test_the_fewest_times_are_taken_and_fewer_refused(case, rng):
    estimate = case.estimator.estimate(np.arange(case.min_points), rng.normal(size=[2, case.min_points, 2]))
    assert np.isfinite(estimate.time_derivatives).all()
    assert np.isfinite(estimate.noise_std).all()
    with pytest.raises(InputError, match=f"at least {case.min_points} times in a trajectory; received"):
        case.estimator.estimate(np.arange(case.min_points - 1), np.zeros([2, case.min_points - 1, 2]))


def _with(array, place, value):
    array = np.array(array, float)
    array[place] = value
    return array


TIMES, STATES = np.arange(12.0), np.zeros([2, 12, 2])


@pytest.mark.parametrize(
    ("times", "states", "message"),
    [
        (TIMES, _with(STATES, (1, 3, 0), np.nan), r"expected finite states; received states\[1, 3, 0\] = nan"),
        (_with(TIMES, 4, np.inf), STATES, r"expected finite times; received times\[4\] = inf"),
        (_with(TIMES, 4, 3.0), STATES, r"expected increasing times; received times\[4\] = 3.0"),
        (_with([TIMES, TIMES], (1, 2), 0.5), STATES, r"expected increasing times; received times\[1, 2\] = 0.5"),
        (TIMES, STATES[0], r"expected states \[N, T, 2n\]; received \[12, 2\]"),
        (TIMES[:-1], STATES, r"expected times \[T\] or \[N, T\] for states \[2, 12, 2\]; received \[11\]"),
        (TIMES[None], STATES, r"received \[1, 12\]"),
        (TIMES, STATES[:0], r"expected states \[N, T, 2n\]; received \[0, 12, 2\]"),
    ],
)
def test_bad_input_is_refused_in_one_line(estimator, times, states, message):
    with pytest.raises(InputError, match=message) as error:
        estimator.estimate(times, states)
    assert str(error.value).startswith(f"derivatives by {estimator.name}: ")
    assert "\n" not in str(error.value)


def test_records_too_long_for_dense_matrices_are_refused():
    with pytest.raises(
        InputError, match="at most 1000 times in a trajectory; received 1001; cut the .* smoothing_spline"
    ):
        GaussianProcess().estimate(np.arange(1001), np.zeros([1, 1001, 2]))
