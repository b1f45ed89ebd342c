"""Pictures of Gymnasium's pendulum: our renderer against the environment's own frames, and what a frame shows."""

import sys

import numpy as np
import pytest

from hnn_tf.data.pendulum_frames import FRAME_SIZE, render_pendulum, render_pendulum_by_gymnasium
from hnn_tf.input_error import InputError

RED = 127 / 255


@pytest.fixture(scope="module")
def pairs():
    """Both renderers' frames of swings, `[angle, window, 28, 28]`: each angle with a window of near ones."""
    pytest.importorskip("gymnasium")
    angles = np.array([0.0, 0.65, -0.65, np.pi / 6, -0.3, 0.1, np.pi / 2, np.pi])[:, None] + np.linspace(
        -0.03, 0.03, 21
    )
    return render_pendulum(angles), render_pendulum_by_gymnasium(angles)


def test_agrees_with_gymnasium(pairs):
    ours, theirs = pairs
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype == np.float32
    # Gymnasium rounds corners down to whole pixels: one of the five columns (or rows) of a block.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=0.95 * RED / 5)


def test_agrees_with_gymnasium_in_the_mean_over_its_jerks(pairs):
    difference = np.mean(pairs[0] - pairs[1], 1)
    # Measured 8e-4 and 0.039; a scene that is half a pixel off gives twice the mean.
    assert np.mean(np.abs(difference)) < 1.0e-3
    assert np.abs(difference).max() < 0.045


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_frames_have_the_documented_shape_and_precision(shape):
    frames = render_pendulum(np.zeros(shape))
    assert frames.shape == (*shape, FRAME_SIZE, FRAME_SIZE)
    assert frames.dtype == np.float32


def test_pixels_are_between_white_and_red(rng):
    frames = render_pendulum(rng.uniform(-np.pi, np.pi, 50))
    assert frames.min() == 0
    np.testing.assert_allclose(frames.max((1, 2)), RED, rtol=1e-6)  # a block within the rod; float32


def test_the_axle_covers_the_rod():
    frame = render_pendulum(0.0)
    assert frame[2, 14] < 0.2 * RED  # rows 10-14, columns 70-74: a quarter of the black disc of radius 5
    assert frame[6, 14] == pytest.approx(RED)


def test_the_rod_hangs_at_its_angle():
    angles = np.linspace(-0.5, 0.5, 41)
    frames = render_pendulum(angles)[:, 6:16]  # rows within the rod
    columns = frames @ np.arange(FRAME_SIZE) / frames.sum(-1)
    slopes = np.polyfit(np.arange(10), columns.T, 1)[0]
    # Edges are sampled once a pixel, some twentieth of which over 50 rows is 0.001; a steep edge stays in few columns.
    np.testing.assert_allclose(np.arctan(slopes), angles, rtol=0, atol=0.004)


def test_opposite_angles_mirror_each_other():
    angles = np.linspace(0.0, 0.65, 40)
    mirrored = render_pendulum(-angles)[:, :, ::-1]
    # But for the axle, which the environment centres beside the middle; float32.
    np.testing.assert_allclose(render_pendulum(angles)[:, 4:], mirrored[:, 4:], rtol=0, atol=1e-6)


def test_many_frames_are_those_drawn_alone(rng):
    angles = rng.uniform(-1, 1, 70)
    alone = np.stack([render_pendulum(angle) for angle in angles])
    np.testing.assert_array_equal(render_pendulum(angles), alone)


@pytest.mark.parametrize("render", [render_pendulum, render_pendulum_by_gymnasium])
@pytest.mark.parametrize("angle", [np.nan, np.inf])
def test_angles_that_cannot_be_are_refused(render, angle):
    with pytest.raises(ValueError, match="finite"):
        render([0.0, angle])


@pytest.mark.parametrize("package", ["gymnasium", "pygame"])
def test_a_missing_package_is_named_with_the_mend(monkeypatch, package):
    if package == "pygame":
        pytest.importorskip("gymnasium")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf"{package}.*pip install 'hnn_tf\[gymnasium\]'$"):
        render_pendulum_by_gymnasium([0.0])
