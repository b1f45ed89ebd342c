"""Pictures of Gymnasium's pendulum: our renderer against the environment's own frames, and what a frame shows."""

import sys

import numpy as np
import pytest

from hnn_tf.data.pendulum_frames import FRAME_SIZE, render_pendulum, render_pendulum_by_gymnasium
from hnn_tf.input_error import InputError

RED = 127 / 255


@pytest.fixture(scope="module")
def pairs():
    """Angles with both renderers' frames: a swing with its ends, and the whole circle."""
    pytest.importorskip("gymnasium")
    rng = np.random.default_rng(0)
    edges = [0.0, 0.65, -0.65, np.pi / 6, -np.pi / 6, np.pi / 2, -np.pi / 2, np.pi]
    # 0.4721: half-covered pixels all along one side; the filling paints those of the lower side.
    angles = np.concatenate([edges, [0.4721, -0.4721], rng.uniform(-0.65, 0.65, 60), rng.uniform(-np.pi, np.pi, 10)])
    return angles, render_pendulum(angles), render_pendulum_by_gymnasium(angles)


def test_agrees_with_gymnasium(pairs):
    _, ours, theirs = pairs
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype == np.float32
    # One of a block's 25 pixels that is full instead of half covered, 64 / 255 / 25 = 0.0100, and 8-bit roundings.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=0.0105)


def test_agrees_with_gymnasium_in_the_mean(pairs):
    _, ours, theirs = pairs
    # Measured 2e-5: nearly all frames agree to the 8-bit roundings. Corners one pixel off would give 1e-3.
    assert np.mean(np.abs(ours - theirs)) < 5e-5


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
    # Corners are rounded to pixels: an end moves by one in 113, its edge with it.
    np.testing.assert_allclose(np.arctan(slopes), angles, rtol=0, atol=0.015)


def test_opposite_angles_mirror_each_other():
    angles = np.linspace(0.0, 0.65, 40)
    mirrored = render_pendulum(-angles)[:, :, ::-1]
    # The axle is beside the middle of the picture, and corners are rounded down to the left: one of five columns.
    np.testing.assert_allclose(render_pendulum(angles), mirrored, rtol=0, atol=1.01 * RED / 5)


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
