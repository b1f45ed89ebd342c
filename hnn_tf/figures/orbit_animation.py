"""Animations of orbits, as GIF files."""

import itertools
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from hnn_tf.figures import style
from hnn_tf.figures.canvas import WIDTH, legend_below, styled_figure
from hnn_tf.figures.gif import moving_frames, rows_until, write_gif
from hnn_tf.figures.labelled import shaped, title
from hnn_tf.figures.limits import clip_near, line_near
from hnn_tf.figures.orbits import body_colours, orbit_limits, planar_orbits

_LARGEST_PANEL = 3.4
"""The largest width of a panel, in inches."""

_GHOST: dict[str, Any] = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 11.0,
    "markerfacecolor": "none",
    "color": "#888888",
    "zorder": 4,
}


def draw_orbit_animation(
    path: str | os.PathLike,
    *,
    times: np.ndarray,
    trajectories: Mapping[str, np.ndarray],
    frames: int = 80,
    fps: int = 20,
    time_unit: str = "",
    trail: float = 0.25,
) -> None:
    """Animates bodies in one panel for each label; rings in the models' panels show where the true bodies are.

    Args:
      path: The GIF file to write.
      times: `[T]`, increasing. The frames divide the span of the times equally, and the positions are interpolated.
      trajectories: The positions `[T, num_bodies, d]` by label, d >= 2, of which the first two coordinates are drawn;
        non-finite and far values are cut off.
      frames: The number of frames.
      fps: The number of frames per second.
      time_unit: The unit of the times.
      trail: The length of the trail behind each body, as a share of the span of the times.

    Raises:
      ValueError: If shapes do not fit.
    """
    times = shaped("times", times, None)
    orbits = planar_orbits(trajectories, len(times))
    limits = orbit_limits(orbits)
    truth = next((label for label in orbits if label in style.TRUTH_LABELS), None)
    panel = min(WIDTH / len(orbits), _LARGEST_PANEL)
    # The height includes room for titles and legend, in addition to panels of equal aspect.
    with styled_figure(width=panel * len(orbits), height=panel + 0.55) as figure:
        axes = figure.subplots(1, len(orbits), sharex=True, sharey=True, squeeze=False)[0]
        bodies, ghosts = {}, []
        for ax, label in zip(axes, orbits, strict=True):
            ax.set_title(title(label), loc="left")
            ax.set(xlim=limits[0], ylim=limits[1], aspect="equal", xticks=[], yticks=[])
            bodies[label] = [_body(ax, colour) for colour in body_colours(orbits)]
            if truth not in (None, label):
                ghosts.append(ax.plot([], [], **_GHOST)[0])
        clock = axes[-1].set_title("", loc="right", fontsize=8.5)
        legend_below(figure, _handles(body_colours(orbits), ghosts))
        length = trail * (times[-1] - times[0])

        def move(now: float) -> None:
            for label, positions in orbits.items():
                rows = rows_until(times, positions.reshape(len(times), -1), now)
                recent = rows[rows[:, 0] >= now - length, 1:].reshape(-1, *positions.shape[1:])
                for body, (line, dot) in enumerate(bodies[label]):
                    line.set_data(*line_near(recent[:, body], limits).T)
                    dot.set_data(*clip_near(recent[-1:, body], limits).T)
                if label == truth:
                    for ghost in ghosts:
                        ghost.set_data(*clip_near(recent[-1], limits).T)
            clock.set_text(f"$t$ = {now:.1f} {time_unit}".rstrip())

        moving = [*itertools.chain(*itertools.chain(*bodies.values())), *ghosts, clock]
        write_gif(path, moving_frames(figure, moving, move, np.linspace(times[0], times[-1], frames)), fps)


def _body(ax: Axes, colour: str) -> tuple[Line2D, Line2D]:
    """Draws the trail of a body, and the body."""
    line = ax.plot([], [], color=colour, linewidth=1.5, zorder=3)[0]
    dot = ax.plot([], [], color=colour, linestyle="none", marker="o", markersize=8.5, markeredgecolor="white", zorder=5)
    return line, dot[0]


def _handles(colours: list[str], ghosts: list[Line2D]) -> list[Line2D]:
    look: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 7.0}
    bodies = [Line2D([], [], color=colour, label=f"body {i}", **look) for i, colour in enumerate(colours, start=1)]
    return [*bodies, *(Line2D([], [], label="true position", **_GHOST) for _ in ghosts[:1])]
