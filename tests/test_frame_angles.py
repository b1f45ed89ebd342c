"""Angles recovered from frames: how exact they are of true, smooth, and noisy frames, and what is refused."""

import numpy as np
import pytest

from hnn_tf.data.pendulum_frames import render_pendulum
from hnn_tf.evaluation.frame_angles import angles_of_frames


def _smooth(angles, half_width):
    """Frames as a network decodes them: without the jerks of whole pixels."""
    return render_pendulum(angles[:, None] + np.linspace(-half_width, half_width, 21)).mean(1)


def _check(frames, angles, *, rms, largest):
    errors = angles_of_frames(frames) - angles
    assert np.sqrt(np.mean(errors**2)) < rms
    assert np.abs(errors).max() < largest
    assert abs(np.mean(errors)) < rms / 5  # the rounding of corners must not shift all angles to one side


@pytest.fixture
def angles(rng):
    return rng.uniform(-0.65, 0.65, 1000)


# Each bound is a tenth or so above the docstring's measurement over 20 000 frames.


@pytest.mark.parametrize("noise_std", [0.0, 0.01])
def test_of_true_frames(rng, angles, noise_std):
    frames = render_pendulum(angles)
    _check(frames + rng.normal(0, noise_std, frames.shape), angles, rms=1.7e-3, largest=6e-3)


@pytest.mark.parametrize("half_width", [0.01, 0.03])
def test_of_smooth_frames(angles, half_width):
    _check(_smooth(angles[:200], half_width), angles[:200], rms=0.4e-3, largest=1.6e-3)


def test_of_smooth_frames_with_noise(rng, angles):
    frames = _smooth(angles[:200], 0.01)
    _check(frames + rng.normal(0, 0.01, frames.shape), angles[:200], rms=0.45e-3, largest=1.8e-3)


def test_over_the_whole_bank(rng):
    angles = rng.uniform(-1.04, 1.04, 500)
    _check(render_pendulum(angles), angles, rms=1.8e-3, largest=6e-3)


@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 0, 3), (2, 3)])
def test_angles_have_the_frames_shape(shape):
    angles = angles_of_frames(render_pendulum(np.full(shape, 0.2)))
    assert angles.shape == shape
    assert angles.dtype == np.float64
    np.testing.assert_allclose(angles, 0.2, atol=6e-3)  # the largest error of a true frame


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
