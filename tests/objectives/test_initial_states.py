"""Where trajectories start."""

import numpy as np
import pytest

from hnn_tf.data import sample_box_ring, sample_on_radius

COUNT = 20_000


def test_radii_are_uniform_in_their_range(rng):
    radius = np.linalg.norm(sample_on_radius(rng, COUNT, radius=(0.5, 2.5)), axis=-1)
    # Roundings of the norm.
    assert radius.min() >= 0.5 - 1e-15
    assert radius.max() <= 2.5 + 1e-15
    # A uniform's four quarters hold 25 % each, to sqrt(0.25 * 0.75 / COUNT) = 0.3 %; four sigma.
    np.testing.assert_allclose(np.histogram(radius, 4, (0.5, 2.5))[0] / COUNT, 0.25, atol=0.0123)


def test_directions_are_those_of_points_in_a_square(rng):
    q, p = sample_on_radius(rng, COUNT, radius=(0.1, 1.0)).T
    angle = np.arctan2(np.abs(p), np.abs(q))  # folded onto the first quadrant
    near_diagonal = np.mean(np.abs(angle - np.pi / 4) < np.pi / 16)
    # The part of a square's corner sector: 1 - tan(45 - 11.25 degrees); of a circle it would be a quarter.
    # 0.0134 is four sigma of COUNT draws.
    assert near_diagonal == pytest.approx(1 - np.tan(np.pi * 3 / 16), abs=0.0134)


def test_all_quadrants_are_equally_likely(rng):
    for states in (
        sample_on_radius(rng, COUNT, radius=(0.1, 1.0)),
        sample_box_ring(rng, COUNT, least=0.2, most=1.0),
    ):
        quadrant = 2 * (states[:, 0] > 0) + (states[:, 1] > 0)
        np.testing.assert_allclose(np.bincount(quadrant) / COUNT, 0.25, atol=0.0123)  # four sigma


def test_box_coordinates_are_uniform_in_their_range(rng):
    size = np.abs(sample_box_ring(rng, COUNT, least=0.2, most=1.0))
    assert size.min() >= 0.2
    assert size.max() <= 1.0
    for column in size.T:
        np.testing.assert_allclose(np.histogram(column, 4, (0.2, 1.0))[0] / COUNT, 0.25, atol=0.0123)  # four sigma


@pytest.mark.parametrize("count", [0, 1, 7])
def test_there_are_as_many_as_asked_for(rng, count):
    for states in (
        sample_on_radius(rng, count, radius=(0.1, 1.0)),
        sample_box_ring(rng, count, least=0.2, most=1.0),
    ):
        assert (states.shape, states.dtype) == ((count, 2), np.float64)


def test_the_same_rng_gives_the_same_states():
    first, second = (sample_on_radius(np.random.default_rng(3), 5, radius=(0.1, 1.0)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("radius", [2.0, (1.0, 0.5), (-1.0, 1.0), (0.0, np.nan)])
def test_a_radius_that_is_no_range_is_refused(rng, radius):
    with pytest.raises(ValueError, match=r"radius: expected \(least, largest\)"):
        sample_on_radius(rng, 3, radius=radius)
