"""Angles recovered from frames: how exact they are of true, noisy, and Gymnasium's frames, and what is refused."""

import numpy as np
import pytest

from hnn_tf.data.pendulum_frames import render_pendulum, render_pendulum_by_gymnasium
from hnn_tf.evaluation.frame_angles import angles_of_frames


def _check(frames, angles, *, rms, largest):
    errors = angles_of_frames(frames) - angles
    assert np.sqrt(np.mean(errors**2)) < rms
    assert np.abs(errors).max() < largest
    assert abs(np.mean(errors)) < rms / 5  # nothing must shift all angles to one side


@pytest.fixture
def angles(rng):
    return rng.uniform(-0.65, 0.65, 1000)


# Each bound is a tenth or so above the docstring's measurement over 5000 frames.


def test_of_drawn_frames(angles):
    _check(render_pendulum(angles), angles, rms=0.09e-3, largest=0.3e-3)


def test_of_frames_with_noise(rng, angles):
    frames = render_pendulum(angles)
    _check(frames + rng.normal(0, 0.01, frames.shape), angles, rms=0.25e-3, largest=1.2e-3)


def test_of_gymnasiums_frames(angles):
    pytest.importorskip("gymnasium")
    # Its rod moves in jerks of some pixels in 113.
    _check(render_pendulum_by_gymnasium(angles[:200]), angles[:200], rms=1.7e-3, largest=5e-3)


def test_over_the_whole_bank(rng):
    angles = rng.uniform(-1.04, 1.04, 500)
    # Less of the rod is seen at the ends.
    _check(render_pendulum(angles), angles, rms=0.16e-3, largest=1e-3)


@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 0, 3), (2, 3)])
def test_angles_have_the_frames_shape(shape):
    angles = angles_of_frames(render_pendulum(np.full(shape, 0.2)))
    assert angles.shape == shape
    assert angles.dtype == np.float64
    np.testing.assert_allclose(angles, 0.2, atol=0.3e-3)  # the largest error of a drawn frame


def test_a_frame_without_a_rod_has_some_angle_within_the_bank():
    assert abs(angles_of_frames(np.zeros([28, 28]))) < 1.1


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (np.zeros([4, 784]), r"expected \[\.\.\., 28, 28\]"),
        (np.full([28, 28], np.nan), "finite"),
    ],
)
def test_frames_that_cannot_be_are_refused(frames, message):
    with pytest.raises(ValueError, match=message):
        angles_of_frames(frames)
