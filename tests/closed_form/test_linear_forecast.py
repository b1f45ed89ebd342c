"""Forecasts with error bars, compared with exact formulas of a spring."""

import types

import known_spring
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf.closed_form.linear_field import LinearField
from hnn_tf.closed_form.linear_forecast import LinearForecast

# The linearised motion is traced, which takes two seconds.
pytestmark = pytest.mark.slow

W, VARIANCE, NOISE, KNOWN = 0.6, 0.02**2, np.array([0.05, 0.1]), 12
TIMES = np.linspace(0.0, 8.0, 41)


def fundamental(w):
    """The states [T, 2] from the starts (1, 0) and (0, 1), as [T, 2, 2]."""
    rate = np.sqrt(2 * w)
    return np.stack([known_spring.motion(TIMES, start, rate=rate) for start in np.eye(2)], -1)


def best_path(w, states, seen):
    """The path from the start that fits the known readings best, which is one linear problem for a spring."""
    by_start = fundamental(w)
    rows = (seen / NOISE)[..., np.newaxis] * by_start
    start = np.linalg.lstsq(rows.reshape(-1, 2), (seen / NOISE * states).ravel(), rcond=None)[0]
    return by_start @ start


def forecast(states, seen):
    fit = types.SimpleNamespace(
        posterior=types.SimpleNamespace(mean=tf.constant([W], tf.float64), covariance=tf.constant([[VARIANCE]])),
        noise_std=NOISE,
    )
    samples = {"times": TIMES[np.newaxis], "states": states[np.newaxis], "observed": seen[np.newaxis]}
    found, std = LinearForecast(LinearField(known_spring.KnownSpring()), fit, samples, substeps=4).states()
    return found[0], std[0]


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(0)
    clean = known_spring.motion(TIMES, (1.0, 0.3), rate=np.sqrt(2 * W))
    states = clean + NOISE * rng.normal(size=clean.shape)
    seen = np.zeros(clean.shape)
    seen[:KNOWN, 0] = 1.0  # positions only
    return states, seen, *forecast(states, seen)


def test_a_forecast_begins_where_the_known_readings_fit_best(case):
    states, seen, found, _ = case
    # The integrator's error, with steps of 0.05: its fourth power / 120, over the time.
    np.testing.assert_allclose(found, best_path(W, states, seen), atol=2e-6)


def test_error_bars_are_those_of_coefficients_and_start(case):
    states, seen, _, std = case
    step = 1e-4
    by_w = (best_path(W + step, states, seen) - best_path(W - step, states, seen)) / (2 * step)
    by_start = fundamental(W)
    rows = ((seen / NOISE)[..., np.newaxis] * by_start).reshape(-1, 2)
    variance = VARIANCE * by_w**2 + np.einsum("tki,ij,tkj->tk", by_start, np.linalg.inv(rows.T @ rows), by_start)
    # The formula neglects how residuals change with the curvature: about the noise relative to the path.
    np.testing.assert_allclose(std, np.sqrt(variance), rtol=0.02)


def test_unknown_readings_have_no_influence(case):
    states, seen, *expected = case
    changed = forecast(np.where(seen > 0, states, states + 0.3), seen)
    # The iteration of the start begins at another velocity.
    np.testing.assert_allclose(changed, expected, atol=1e-9)
