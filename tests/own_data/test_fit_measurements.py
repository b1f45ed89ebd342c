"""A whole fit of measurements: a damped pendulum of which only the angle was measured, in two systems of units."""

from unittest import mock

import keras
import numpy as np
import own_swings
import pytest

from hnn_tf import InputError
from hnn_tf.own_data import candidate_fit, fit_measurements

# Whole fits.
pytestmark = [
    pytest.mark.slow,
    # Keras' own, with NumPy 2, when it saves a model.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword"),
]

MODEL = "known_mass_random_features_friction"


def fit(recordings, **options):
    """A fit whose baseline is hardly trained."""
    with mock.patch.multiple(candidate_fit, _FIRST_STEPS=20, STEPS={"fast": 20}):
        return fit_measurements(recordings, model=MODEL, budget="fast", progress=False, **options)


@pytest.fixture(scope="module")
def recordings():
    return own_swings.recordings()


@pytest.fixture(scope="module")
def fitted(recordings):
    return fit(recordings)


def test_friction_is_found_with_an_interval_that_has_it(fitted):
    low, high = fitted.metrics["friction_interval"]
    # The interval misses in 5 % of all draws; this draw is fixed.
    assert low < own_swings.FRICTION < high
    assert high - low < 0.2 * own_swings.FRICTION
    assert fitted.metrics["friction"] == pytest.approx((low + high) / 2)


def test_no_held_out_reading_was_learned(fitted, recordings):
    learned = set(fitted.recordings.joined("times").tolist())
    assert {each.name for each in fitted.recordings} < {each.name for each in recordings}
    for each in fitted.measurement.forecasts:
        assert not learned & set(each.recording.times[each.num_known :].tolist())


def test_the_error_is_that_of_observed_held_out_readings(fitted):
    """Computed reading by reading, in units of the variance of what was learned."""
    variance = np.var(fitted.recordings.joined("states")[:, 0])
    squares = [
        (path[k, 0] - each.recording.states[k, 0]) ** 2 / variance
        for each, path in zip(fitted.measurement.forecasts, fitted.measurement.states, strict=True)
        for k in range(each.num_known, len(path))
        if each.recording.observed[k, 0]
    ]
    assert fitted.metrics["held_out_coordinate_mse"] == pytest.approx(np.mean(squares), rel=1e-9)
    assert fitted.metrics["held_out_coordinate_mse"] < 3.0 * fitted.metrics["noise_coordinate_mse"]


def test_the_noise_is_that_of_the_readings(fitted):
    spread = np.std(fitted.recordings.joined("states")[:, 0])
    noise = fitted.metrics["noise_coordinate_mse"] ** 0.5 * spread
    assert noise == pytest.approx(own_swings.NOISE, rel=0.25)  # of 120 readings: 3 sigma


def test_bands_cover_about_nine_of_ten_held_out_readings(fitted):
    inside = [
        abs(path[k, 0] - each.recording.states[k, 0]) <= band[k, 0]
        for each, path, band in zip(
            fitted.measurement.forecasts, fitted.measurement.states, fitted.measurement.bands, strict=True
        )
        for k in range(each.num_known, len(path))
        if each.recording.observed[k, 0]
    ]
    assert fitted.metrics["band_coverage"] == pytest.approx(np.mean(inside))
    assert np.mean(inside) > 0.75


def test_residuals_are_those_of_the_observed_angle(fitted):
    (residuals,) = fitted.measurement.residuals
    assert residuals.name == "angle"
    assert residuals.std == pytest.approx(own_swings.NOISE, rel=0.25)
    assert len(residuals.values) == int(fitted.recordings.joined("observed")[:, 0].sum())


def test_other_units_give_the_same_predictions_and_friction(fitted):
    other = fit(own_swings.recordings(degrees=True, milliseconds=True))
    assert other.recordings.state_units == ("deg", "deg/ms")
    for ours, theirs in zip(fitted.measurement.states, other.measurement.states, strict=True):
        np.testing.assert_allclose(np.radians(theirs) * [1.0, 1e3], ours, atol=1e-4)
    # The mass is 1 in each, so that friction is 1 / time.
    assert 1e3 * other.metrics["friction"] == pytest.approx(fitted.metrics["friction"], rel=1e-4)


def test_a_rollout_begins_at_its_state_and_obeys_the_friction(fitted):
    times = np.linspace(3.0, 23.0, 201)
    path = fitted.rollout([1.0, 0.0], times)
    np.testing.assert_allclose(path[0], [1.0, 0.0], atol=1e-6)
    exact = np.array([1.0, 0.0])
    for _ in range(2000):  # by small steps of the true motion
        half = exact + 0.005 * own_swings.motion(exact)
        exact = exact + 0.01 * own_swings.motion(half)
    np.testing.assert_allclose(path[-1], exact, atol=0.03)  # twice the noise, after three periods
    with pytest.raises(InputError, match="times: expected at least one time"):
        fitted.rollout([1.0, 0.0], [])


def test_a_saved_model_is_the_fitted_one(fitted, tmp_path):
    fitted.save(tmp_path)
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    states = fitted.recordings[0].states.astype(np.float32)
    np.testing.assert_array_equal(loaded(states), fitted.model(states))
    assert (tmp_path / "metrics.json").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"budget": "endless"}, "budget: expected one of fast, normal, thorough; received 'endless'"),
        ({"horizon": 0.0}, "horizon: expected a finite time > 0; received 0.0"),
        ({"horizon": float("nan")}, "horizon: expected a finite time > 0"),
        ({"objective": "derivative"}, "objective='derivative': expected model, too"),
    ],
)
def test_options_that_are_not_valid_are_refused(recordings, options, message):
    with pytest.raises(InputError, match=message):
        fit_measurements(recordings, progress=False, **options)
