"""Fewer points keep the outline and the gaps of a series."""

import numpy as np

from hnn_tf.reports.thinning import spread_rows, thinned, thinned_band


def test_a_short_series_stays():
    times, values = np.arange(5.0), np.array([1.0, np.nan, 3.0, 2.0, 0.0])
    np.testing.assert_array_equal(thinned(times, values, 5), (times, values))


def test_extremes_and_gaps_stay(rng):
    times, values = np.arange(10_000.0), rng.standard_normal(10_000)
    values[1234], values[8765] = 50.0, -50.0
    values[4000:5000] = np.nan
    shown_times, shown = thinned(times, values, 200)
    assert len(shown) <= 200
    assert np.all(np.diff(shown_times) > 0)
    assert (np.nanmax(shown), np.nanmin(shown)) == (50.0, -50.0)
    inside = (shown_times >= 4100) & (shown_times < 4900)
    assert inside.any()
    assert np.isnan(shown[inside]).all()


def test_a_thinned_band_contains_the_band(rng):
    times, middle = np.arange(1000.0), rng.standard_normal(1000)
    shown, low, high = thinned_band(times, middle - 1.0, middle + 1.0, 50)
    assert len(shown) == len(low) == len(high) == 50
    pieces = middle.reshape(50, 20)
    np.testing.assert_array_equal(low, pieces.min(axis=1) - 1.0)
    np.testing.assert_array_equal(high, pieces.max(axis=1) + 1.0)
    np.testing.assert_array_equal(thinned_band(times, middle, middle, 1000), (times, middle, middle))


def test_rows_are_spread_over_all_rows():
    np.testing.assert_array_equal(spread_rows(np.arange(101), 5), [0, 25, 50, 75, 100])
