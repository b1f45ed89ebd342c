"""The closed form of recordings of unequal lengths, in which numbers were not observed."""

import dataclasses

import known_spring
import numpy as np
import pytest

from hnn_tf.closed_form.recordings_fit import fit_recordings
from hnn_tf.closed_form.trajectory_fitter import TrajectoryFitter


@pytest.fixture(scope="module")
def positions_only():
    """A damped spring, of which only the position was observed, and not at all times."""
    recordings = known_spring.recordings(
        (50, 90), noise_std=0.02, positions_only=True, missing=0.1, rate=1.3, friction=0.08
    )
    spring = known_spring.KnownSpring()
    return recordings, spring, fit_recordings(spring, recordings, friction=True)


@pytest.mark.slow
def test_positions_alone_determine_spring_and_friction(positions_only):
    _, spring, found = positions_only
    stiffness, friction = np.sqrt(np.diag(found.fit.posterior.covariance))
    # Of normal errors, 1 in 2000 is larger than 3.5 standard errors.
    assert abs(spring.coefficients[0] - 1.3**2 / 2) < 3.5 * stiffness
    assert abs(found.fit.friction - 0.08) < 3.5 * friction
    assert stiffness < 0.01
    assert friction < 0.01


@pytest.mark.slow
def test_the_noise_of_observed_positions_is_found(positions_only):
    assert positions_only[2].fit.noise_std[0] == pytest.approx(0.02, rel=0.2)  # 3 sigma of 126 readings


@pytest.mark.slow
def test_fitted_states_are_nearer_to_the_truth_than_the_readings(positions_only):
    recordings, _, found = positions_only
    for each, states in zip(recordings, found.states, strict=True):
        assert states.shape == each.states.shape
        # Velocities, too, which were never observed.
        assert np.sqrt(np.mean((states - each.true_states) ** 2, 0)).max() < 0.015


@pytest.mark.slow
def test_the_motion_is_followed_through_whole_recordings(positions_only):
    recordings, _, found = positions_only
    assert found.length >= max(map(len, recordings))


@pytest.mark.slow
def test_numbers_that_were_not_observed_have_no_influence(positions_only, rng):
    recordings, spring, found = positions_only
    changed = tuple(
        dataclasses.replace(
            each, states=np.where(each.observed, each.states, each.states + 0.1 * rng.normal(size=each.states.shape))
        )
        for each in recordings
    )
    other = known_spring.KnownSpring()
    again = fit_recordings(other, dataclasses.replace(recordings, recordings=changed), friction=True)
    std = np.sqrt(np.diag(found.fit.posterior.covariance))
    # Both iterations end within 1e-4 standard deviations of the noise.
    assert abs(other.coefficients[0] - spring.coefficients[0]) < 0.05 * std[0]
    assert abs(again.fit.friction - found.fit.friction) < 0.05 * std[1]


@pytest.mark.slow
def test_intervals_of_friction_cover_the_truth():
    errors = []
    for seed in range(12):
        recordings = known_spring.recordings((60,), noise_std=0.05, positions_only=True, friction=0.1, seed=seed)
        found = fit_recordings(known_spring.KnownSpring(), recordings, friction=True)
        errors.append((found.fit.friction - 0.1) / found.fit.friction_std)
    # 95 % intervals of 12 draws miss more than twice with a probability of 2 %.
    assert np.sum(np.abs(errors) > 1.96) <= 2
    assert 0.4 < np.std(errors) < 1.7  # 3 sigma


@pytest.mark.slow
def test_observed_momenta_are_used_too():
    both = known_spring.recordings((60,), noise_std=0.05, friction=0.1)
    positions = known_spring.recordings((60,), noise_std=0.05, friction=0.1, positions_only=True)
    stds = [
        fit_recordings(known_spring.KnownSpring(), each, friction=True).fit.friction_std for each in (both, positions)
    ]
    assert stds[0] < stds[1]


def test_shorter_pieces_are_tried_and_then_the_fit_is_refused(monkeypatch):
    lengths = []

    def diverges(fitter, coefficients, starts, **_):
        del coefficients
        lengths.append(fitter._states.shape[1])
        assert starts.shape == (fitter._states.shape[0], 2)
        raise ArithmeticError("diverges")

    monkeypatch.setattr(TrajectoryFitter, "fit", diverges)
    with pytest.raises(ArithmeticError, match="diverges even along short pieces"):
        fit_recordings(known_spring.KnownSpring(), known_spring.recordings((81,)), friction=True)
    assert lengths == [41, 21, 10]
