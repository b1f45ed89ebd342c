"""Animations of points that rods connect, as GIF files."""

import itertools
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from hnn_tf.figures import style
from hnn_tf.figures.canvas import WIDTH, styled_figure
from hnn_tf.figures.gif import moving_frames, rows_until, write_gif
from hnn_tf.figures.labelled import shaped, title
from hnn_tf.figures.limits import line_near
from hnn_tf.figures.orbits import orbit_limits, planar_orbits

_LARGEST_PANEL = 3.4
"""The largest width of a panel, in inches."""


def draw_linkage_animation(
    path: str | os.PathLike,
    *,
    times: np.ndarray,
    trajectories: Mapping[str, np.ndarray],
    pairs: Sequence[Sequence[int]] = (),
    anchors: Sequence[Sequence[Any]] = (),
    frames: int = 80,
    fps: int = 20,
    time_unit: str = "s",
    trail: float = 0.25,
) -> None:
    """Animates points with their rods, in one panel for each label; the trail is that of the last point.

    Args:
      path: The GIF file to write.
      times: `[T]`, increasing. The frames divide the span of the times equally, and the positions are interpolated.
      trajectories: The positions `[T, num_points, d]` by label, d >= 2, of which the first two coordinates are drawn;
        non-finite and far values are cut off.
      pairs: The indices of the points that each rod connects, as in `hnn_tf.constraints.RigidRods`.
      anchors: The rods to fixed points: an index and the coordinates of the anchor `[d]` for each.
      frames: The number of frames.
      fps: The number of frames per second.
      time_unit: The unit of the times.
      trail: The length of the trail, as a share of the span of the times.

    Raises:
      ValueError: If shapes do not fit.
    """
    times = shaped("times", times, None)
    orbits = planar_orbits(trajectories, len(times))
    fixed = np.array([anchor[:2] for _, anchor in anchors], np.float64).reshape(-1, 2)
    with_anchors = {label: np.concatenate([each, _standing(fixed, len(each))], 1) for label, each in orbits.items()}
    limits = orbit_limits(with_anchors)
    count = next(iter(orbits.values())).shape[1]
    ends = [*map(tuple, pairs), *((point, count + k) for k, (point, _) in enumerate(anchors))]
    panel = min(WIDTH / len(orbits), _LARGEST_PANEL)
    # The height includes room for the titles, in addition to panels of equal aspect.
    with styled_figure(width=panel * len(orbits), height=panel + 0.3) as figure:
        axes = figure.subplots(1, len(orbits), sharex=True, sharey=True, squeeze=False)[0]
        drawn = {}
        for ax, label in zip(axes, orbits, strict=True):
            ax.set_title(title(label), loc="left")
            ax.set(xlim=limits[0], ylim=limits[1], aspect="equal", xticks=[], yticks=[])
            ax.plot(*fixed.T, linestyle="none", marker="s", markersize=6.0, color="#777777", zorder=4)
            drawn[label] = _linkage(ax, len(ends), style.line_styles(orbits)[label]["color"])
        clock = axes[-1].set_title("", loc="right", fontsize=8.5)
        length = trail * (times[-1] - times[0])

        def move(now: float) -> None:
            for label, positions in with_anchors.items():
                rows = rows_until(times, positions.reshape(len(times), -1), now)
                recent = rows[rows[:, 0] >= now - length, 1:].reshape(-1, *positions.shape[1:])
                rods, dots, line = drawn[label]
                for rod, (i, j) in zip(rods, ends, strict=True):
                    rod.set_data(*line_near(recent[-1][[i, j]], limits).T)
                dots.set_data(*line_near(recent[-1, :count], limits).T)
                line.set_data(*line_near(recent[:, count - 1], limits).T)
            clock.set_text(f"$t$ = {now:.1f} {time_unit}".rstrip())

        parts = [[*rods, dots, line] for rods, dots, line in drawn.values()]
        moving = [*itertools.chain(*parts), clock]
        write_gif(path, moving_frames(figure, moving, move, np.linspace(times[0], times[-1], frames)), fps)


def _standing(fixed: np.ndarray, length: int) -> np.ndarray:
    """Returns the positions `[T, anchors, 2]` of anchors `[anchors, 2]`."""
    return np.broadcast_to(fixed, [length, *fixed.shape])


def _linkage(ax: Axes, num_rods: int, colour: str) -> tuple[list[Line2D], Line2D, Line2D]:
    """Draws the rods, the points and the trail."""
    rods = [ax.plot([], [], color="#555555", linewidth=1.6, zorder=3)[0] for _ in range(num_rods)]
    look: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 8.5, "markeredgecolor": "white"}
    dots = ax.plot([], [], color=colour, zorder=5, **look)[0]
    return rods, dots, ax.plot([], [], color=colour, linewidth=1.2, alpha=0.7, zorder=2)[0]
