"""What pictures and latents tell about the pendulum's state and energy."""

import numpy as np
import pytest

from hnn_tf import data, evaluation


@pytest.fixture
def swings(rng):
    return data.simulate_pendulum(data.sample_pendulum_states(rng, 6), 20)


def test_pairs_are_neighbours_in_their_order(rng):
    frames = rng.normal(size=[3, 5, 2, 2])
    pairs = data.frame_pairs(frames)
    assert pairs.shape == (3, 4, 2, 2, 2)
    np.testing.assert_array_equal(pairs[..., 0], frames[:, :-1])
    np.testing.assert_array_equal(pairs[..., 1], frames[:, 1:])
    with pytest.raises(ValueError, match="T >= 2"):
        data.frame_pairs(frames[:, :1])


def test_a_pair_shows_the_state_of_its_later_frame(swings):
    pairs = data.frame_pairs(data.render_pendulum(swings[..., 0]))
    seen = evaluation.states_of_frame_pairs(pairs)
    # Angles are read to 0.3 mrad; a velocity is of two, over 0.05 s.
    np.testing.assert_allclose(seen[..., 0], swings[:, 1:, 0], atol=0.3e-3)
    np.testing.assert_allclose(seen[..., 1], swings[:, 1:, 1], atol=0.6e-3 / 0.05)


def test_a_pair_that_is_not_finite_has_no_state():
    pairs = np.zeros([3, 28, 28, 2])
    pairs[1, 4, 4, 0] = 1e200  # beyond the float32 of frames
    pairs = np.concatenate([pairs, np.full([1, 28, 28, 2], 1e38)])  # within it, but no distance from a picture is
    seen = evaluation.states_of_frame_pairs(pairs)
    assert np.isnan(seen[[1, 3]]).all()
    assert np.isfinite(seen[[0, 2]]).all()


def test_the_published_energy_is_nearly_that_of_the_pendulum(swings):
    theta, omega = swings[..., 0], swings[..., 1]
    np.testing.assert_allclose(evaluation.swing_energy(swings), 1.9 * (1 - np.cos(theta)) + omega**2 / 16, rtol=1e-14)
    joule = 5 * (1 - np.cos(theta)) + omega**2 / 6
    # 1.9 stands for 15 / 8.
    np.testing.assert_allclose(evaluation.swing_energy(swings), 3 / 8 * joule, rtol=0.014)


def test_a_map_of_a_latent_finds_a_polynomial(rng):
    latent = rng.normal([3.0, 0.1], [2.0, 0.01], [200, 2])
    x, y = latent.T
    states = np.stack([x + 2 * y - x * y**2, 0.3 - y + x**3], -1)
    found = evaluation.fit_latent_map(latent, states)
    # Round-off of 27 and its cancelling parts.
    np.testing.assert_allclose(found(latent.reshape(4, 50, 2)), states.reshape(4, 50, 2), atol=1e-11)


def test_a_map_of_a_latent_that_stands_still_gives_the_mean(rng):
    latent = np.stack([np.full(50, 3.0), rng.normal(size=50)], -1)
    states = np.stack([latent[:, 1], np.full(50, 2.0)], -1)
    np.testing.assert_allclose(evaluation.fit_latent_map(latent, states)(latent), states, atol=1e-12)
    assert not np.isfinite(evaluation.fit_latent_map(latent, states)(np.array([np.nan, 1.0]))).any()
    with pytest.raises(ValueError, match="latent: expected finite values"):
        evaluation.fit_latent_map(np.full([50, 2], np.inf), states)


def test_a_map_of_too_few_points_is_refused():
    with pytest.raises(ValueError, match="N >= 10"):
        evaluation.fit_latent_map(np.zeros([9, 2]), np.zeros([9, 2]))
    with pytest.raises(ValueError, match="N >= 10"):
        evaluation.fit_latent_map(np.zeros([20, 2]), np.zeros([19, 2]))
