"""Each derivative estimator against its formulas, and against slow dense ones."""

import numpy as np
import pytest
from scipy import linalg, optimize, signal
from test_derivative_estimators import irregular, oscillator

from hnn_tf import InputError
from hnn_tf.derivative_estimators import FiniteDifference, GaussianProcess, SavitzkyGolay, SmoothingSpline


def _weights(estimator, times):
    """What each observation adds to each derivative, `[T observations, T derivatives]`, of a linear estimator."""
    return estimator.estimate(times, np.eye(len(times))[:, :, None]).time_derivatives[:, :, 0]


def test_forward_differences_damp_an_oscillator():
    omega, h = 2.0, 0.1
    times = h * np.arange(20)
    states, _ = oscillator(times[None], np.zeros(1), omega)
    slopes = FiniteDifference().estimate(times, states).time_derivatives[0, :-1]
    fitted = np.linalg.lstsq(states[0, :-1], slopes, rcond=None)[0]
    # The exact eigenvalue; its real part is -omega^2 h / 2 but for (omega h)^2 / 12.
    expected = (np.exp(1j * omega * h) - 1) / h
    assert sorted(np.linalg.eigvals(fitted), key=np.imag)[1] == pytest.approx(expected, rel=1e-12)
    assert expected.real == pytest.approx(-(omega**2) * h / 2, rel=0.005)


def test_the_last_forward_difference_is_a_backward_one(rng):
    slopes = FiniteDifference().estimate(irregular(rng, 2, 8), rng.normal(size=[2, 8, 2])).time_derivatives
    np.testing.assert_allclose(slopes[:, -1], slopes[:, -2], rtol=1e-13)  # roundings


def test_central_differences_of_a_cubic_are_wrong_by_the_product_of_the_steps(rng):
    times = irregular(rng, 1, 12)
    slopes = FiniteDifference(scheme="central").estimate(times, times[..., None] ** 3).time_derivatives[0, :, 0]
    h = np.diff(times[0])
    # t^3 less its parabola is (t - t_0) (t - t_1) (t - t_2), of which this is minus the slope at the three points.
    expected = np.concatenate([[-h[0] * (h[0] + h[1])], h[:-1] * h[1:], [-h[-1] * (h[-1] + h[-2])]])
    np.testing.assert_allclose(slopes - 3 * times[0] ** 2, expected, atol=1e-12)


@pytest.mark.parametrize("m", [2, 3, 5])
def test_the_quadratic_filters_leading_error_and_its_noise(m):
    h, estimator = 0.1, SavitzkyGolay(window=2 * m + 1, degree=2)
    times = h * np.arange(20)
    inner = slice(m, -m)
    cubic = estimator.estimate(times, times[None, :, None] ** 3).time_derivatives[0, inner, 0]
    # s''' = 6 h^2 (3 m^2 + 3 m - 1) / 30, of a cubic the whole error.
    np.testing.assert_allclose(cubic - 3 * times[inner] ** 2, h**2 * (3 * m**2 + 3 * m - 1) / 5, rtol=1e-9)
    gain = np.linalg.norm(_weights(estimator, times)[:, inner], axis=0)
    np.testing.assert_allclose(gain, np.sqrt(3 / (m * (m + 1) * (2 * m + 1))) / h, rtol=1e-9)


@pytest.mark.parametrize(("window", "degree"), [(5, 1), (7, 3), (11, 4)])
def test_at_regular_times_it_is_the_filter_of_savitzky_and_golay(window, degree, rng):
    states = rng.normal(size=[2, 30, 3])
    estimate = SavitzkyGolay(window=window, degree=degree).estimate(0.1 * np.arange(30), states)
    np.testing.assert_allclose(estimate.states, signal.savgol_filter(states, window, degree, axis=1), atol=1e-12)
    slopes = signal.savgol_filter(states, window, degree, deriv=1, delta=0.1, axis=1)
    np.testing.assert_allclose(estimate.time_derivatives, slopes, atol=1e-10)


def test_the_window_widens_with_the_noise(rng):
    times = np.linspace(0, 3, 60)
    states, _ = oscillator(times[None], rng.uniform(0, 6, 20))
    noise = rng.normal(size=states.shape)

    def kept(std):  # a narrow window follows the noise
        return np.std(SavitzkyGolay().estimate(times, states + std * noise).states - states) / std

    assert kept(0.2) < kept(0.02) < kept(0.002)


def test_one_trajectory_is_enough_to_choose_the_smoothing():
    # Seeds 0-4, because cross-validation, which follows the noise, does so on some of them only.
    for seed in range(5):
        rng, times = np.random.default_rng(seed), np.linspace(0, 3, 45)
        states, derivatives = oscillator(times[None], np.zeros(1))
        noisy = states + 0.1 * rng.normal(size=states.shape)
        # Central differences have 1.0 inside and 1.3 with the ends; so have these if they follow the noise.
        for estimator, bound in ((SavitzkyGolay(), 0.8), (SmoothingSpline(), 0.5)):
            error = estimator.estimate(times, noisy).time_derivatives - derivatives
            assert np.sqrt(np.mean(np.square(error))) < bound, (seed, estimator.name)


def _wiener(t, u):
    """Of a Wiener process integrated twice, int (t - x)_+^2 (u - x)_+^2 / 4 dx by quadrature, and the slope by t."""
    nodes, weights = np.polynomial.legendre.leggauss(3)
    end = np.minimum(t, u)
    x = end[..., None] * (1 + nodes) / 2
    t, u, weights = t[..., None] - x, u[..., None] - x, end[..., None] * weights / 2
    return (weights * t**2 * u**2 / 4).sum(-1), (weights * t * u**2 / 2).sum(-1)


def _squared_exponential(t, u, length):
    covariance = np.exp(-((t - u) ** 2) / (2 * length**2))
    return covariance, (u - t) / length**2 * covariance


class _Dense:
    """y = polynomial + process + noise at the times of each trajectory, by textbook formulas; one coordinate."""

    def __init__(self, times, states, kernel, num_polynomials):
        self.times, self.states, self.kernel = times - times[:, :1], states, kernel
        self.exponents = np.arange(num_polynomials)
        self.contrasts = [linalg.null_space((t[:, None] ** self.exponents).T) for t in self.times]

    def covariances(self, logs):
        """Of each trajectory: y, its covariance, the process' and its slope; logs of v, sigma^2, length."""
        variance, noise = np.exp(logs[:2])
        for t, y in zip(self.times, self.states, strict=True):
            covariance, slope = self.kernel(t[:, None], t[None, :], *np.exp(logs[2:]))
            yield y, variance * covariance + noise * np.eye(len(y)), variance * covariance, variance * slope

    def minus_two_log_likelihood(self, logs):
        total = 0.0
        for contrasts, (y, covariance, _, _) in zip(self.contrasts, self.covariances(logs), strict=True):
            c, z = contrasts.T @ covariance @ contrasts, contrasts.T @ y
            total += np.linalg.slogdet(c)[1] + z @ np.linalg.solve(c, z)
        return total

    def most_likely(self, start):
        options = {"xatol": 1e-4, "fatol": 1e-7}
        return optimize.minimize(self.minus_two_log_likelihood, start, method="Nelder-Mead", options=options).x

    def mean(self, logs):
        """Smoothed states and slopes `[2, N, T]`."""
        result = []
        for t, (y, noisy, process, slope) in zip(self.times, self.covariances(logs), strict=True):
            powers, inverse = t[:, None] ** self.exponents, np.linalg.inv(noisy)
            power_slopes = self.exponents * t[:, None] ** np.maximum(self.exponents - 1, 0)
            beta = np.linalg.solve(powers.T @ inverse @ powers, powers.T @ inverse @ y)
            weights = inverse @ (y - powers @ beta)
            result.append([process @ weights + powers @ beta, slope @ weights + power_slopes @ beta])
        return np.moveaxis(result, 1, 0)


@pytest.fixture
def noisy(rng):
    times = irregular(rng, 3, 14)
    states, _ = oscillator(times, rng.uniform(0, 6, 3))
    return times, states + 0.1 * rng.normal(size=states.shape)


@pytest.mark.parametrize(
    ("estimator", "kernel", "num_polynomials", "start"),
    [(SmoothingSpline(), _wiener, 3, [0.0, -4.0]), (GaussianProcess(), _squared_exponential, 1, [0.0, -4.0, -0.5])],
    ids=["smoothing_spline", "gaussian_process"],
)
def test_smoothing_is_the_dense_estimate_of_its_process(estimator, kernel, num_polynomials, start, noisy):
    times, states = noisy
    estimate = estimator.estimate(times, states)
    for k in range(2):
        dense = _Dense(times, states[..., k], kernel, num_polynomials)
        best = dense.most_likely(start)
        smoothed, slopes = dense.mean(best)
        # Parabolas between grid points find what is chosen to some percent, on which results hang weakly: some percent
        # of the noise 0.1 and, of slopes, of that by a step.
        assert estimate.noise_std[k] == pytest.approx(np.exp(best[1] / 2), rel=0.005)
        np.testing.assert_allclose(estimate.states[..., k], smoothed, atol=3e-3)
        np.testing.assert_allclose(estimate.time_derivatives[..., k], slopes, atol=3e-2)


def test_long_records_are_as_accurate_as_short_ones(rng):
    # 100 periods at 20 points a period: the spline's dense kernel matrix would have lost all digits.
    times = np.linspace(0, 100 * np.pi, 2000)
    states, derivatives = oscillator(times[None], np.zeros(1))
    estimate = SmoothingSpline().estimate(times, states + 0.1 * rng.normal(size=states.shape))
    np.testing.assert_allclose(estimate.noise_std, 0.1, rtol=0.1)  # sampling error 2 %, and three of them
    assert np.sqrt(np.mean(np.square(estimate.time_derivatives - derivatives))) < 0.25  # of amplitude 2


def test_times_that_nearly_coincide_are_refused_by_the_spline(rng):
    times = np.sort(np.concatenate([0.05 * np.arange(400), 0.05 * np.arange(400) + 1e-9]))
    states = np.sin(0.2 * times)[None, :, None] + 0.1 * rng.normal(size=[1, 800, 2])
    with pytest.raises(InputError, match="smoothing_spline: expected times that differ clearly; received a step"):
        SmoothingSpline().estimate(times, states)


@pytest.mark.parametrize("options", [{"window": 6}, {"window": 3}, {"window": 5.5}, {"degree": 0}, {"degree": 1.5}])
def test_impossible_windows_are_refused(options):
    with pytest.raises(InputError, match="expected an"):
        SavitzkyGolay(**options)


def test_an_unknown_scheme_is_refused():
    with pytest.raises(InputError, match="scheme: expected one of forward, central; received 'backward'"):
        FiniteDifference(scheme="backward")
