"""Animations of points with rods."""

import numpy as np
import pytest
from PIL import Image

from hnn_tf.figures.linkage_animation import draw_linkage_animation

TIMES = np.linspace(0.0, 2.0, 21)
RODS = {"pairs": [(0, 1)], "anchors": [(0, (0.0, 0.0))]}


def _swing(phase=0.0):
    angles = np.stack([np.sin(TIMES + phase), 2 * np.sin(TIMES)], -1)
    return np.cumsum(np.stack([np.sin(angles), -np.cos(angles)], -1), 1)


def test_every_panel_has_its_rods_points_and_trail(drawn, tmp_path):
    paths = {"truth": _swing(), "hnn": _swing(0.3)}
    draw_linkage_animation(tmp_path / "a.gif", times=TIMES, trajectories=paths, frames=3, **RODS)
    with Image.open(tmp_path / "a.gif") as picture:
        assert picture.n_frames == 3
    for ax, path in zip(drawn[0].axes, paths.values(), strict=True):
        anchor, pair, fixed, points, trail = ax.lines
        np.testing.assert_array_equal(anchor.get_xydata(), [[0.0, 0.0]])
        # The last frame shows the last positions.
        np.testing.assert_allclose(pair.get_xydata(), path[-1])
        np.testing.assert_allclose(fixed.get_xydata(), [path[-1, 0], [0.0, 0.0]])
        np.testing.assert_allclose(points.get_xydata(), path[-1])
        np.testing.assert_allclose(trail.get_xydata()[-1], path[-1, 1])
        assert ax.get_aspect() == 1.0


def test_the_anchor_is_within_the_picture(drawn, tmp_path):
    far = {"truth": _swing() + [5.0, 0.0]}
    draw_linkage_animation(tmp_path / "a.gif", times=TIMES, trajectories=far, frames=2, **RODS)
    low, high = drawn[0].axes[0].get_xlim()
    assert low < 0.0 < 5.0 < high


def test_a_model_that_diverges_is_cut_off(drawn, tmp_path):
    broken = _swing()
    broken[10:] = np.nan
    paths = {"truth": _swing(), "hnn": broken}
    draw_linkage_animation(tmp_path / "a.gif", times=TIMES, trajectories=paths, frames=2, **RODS)
    assert drawn[0].axes[0].get_xlim() == drawn[0].axes[1].get_xlim()


def test_other_shapes_are_refused(tmp_path):
    with pytest.raises(ValueError, match="expected shape"):
        draw_linkage_animation(tmp_path / "a.gif", times=TIMES[:-1], trajectories={"truth": _swing()}, **RODS)
