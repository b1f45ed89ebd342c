"""Drawings of a system's configuration, for the moving half of an animation."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from hnn_tf.figures import style
from hnn_tf.figures.limits import Limits, line_near

Update = Callable[[str, np.ndarray], None]
"""A function that moves the drawing of one label to its trajectory so far.

The trajectory is `[k, 3]`, with the columns t, q and p; the last row is the present.
"""

Drawing = tuple[list[Artist], Update]
"""The moving artists in drawing order, and the function that moves them."""


def draw_pendulum(ax: Axes, lines: Mapping[str, dict[str, Any]], q_label: str, q_limits: Limits) -> Drawing:
    """Draws rods of length 1 from one pivot, at the angle q from the hanging position."""
    del q_label
    # A pendulum that swings below its pivot needs no empty half above the pivot.
    top = -np.cos(min(max(np.abs(q_limits)), np.pi)) + 0.2
    ax.set(xlim=(-1.25, 1.25), ylim=(-1.25, max(top, 0.2)), aspect="equal", title="Pendulum")
    ax.set_axis_off()
    ax.plot([-0.22, 0.22], [0, 0], color="#777777", linewidth=3, solid_capstyle="butt", zorder=1)
    ax.plot([0, 0], [0, -1.18], color="#cccccc", linewidth=0.8, linestyle=":", zorder=1)
    rods, bobs = {}, {}
    for label, line in lines.items():
        rods[label] = ax.plot([], [], **_plain(line))[0]
        size = 17 if label in style.TRUTH_LABELS else 11
        bobs[label] = ax.plot([], [], marker="o", markersize=size, color=line["color"], alpha=line.get("alpha"))[0]

    def update(label: str, path: np.ndarray) -> None:
        angle = path[-1, 1]
        x, y = np.sin(angle), -np.cos(angle)
        rods[label].set_data([0, x], [0, y])
        bobs[label].set_data([x], [y])

    return [*rods.values(), *bobs.values()], update


def draw_mass_spring(ax: Axes, lines: Mapping[str, dict[str, Any]], q_label: str, q_limits: Limits) -> Drawing:
    """Draws one row for each label: a wall, a spring, and a mass at the displacement q."""
    low, high = q_limits
    span = high - low
    # The spring is visible even at the lower limit.
    wall = low - 0.4 * span
    heights = {label: float(row) for row, label in enumerate(reversed(list(lines)))}
    ax.set(xlim=(wall, high + 0.1 * span), ylim=(-0.6, len(lines) - 0.4), xlabel=q_label, title="Mass on a spring")
    ax.set_yticks(list(heights.values()), [str(lines[label]["label"]) for label in heights])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set(linewidth=3.0, color="#777777")
    ax.axvline(0.0, color="#cccccc", linewidth=0.8, linestyle=":", zorder=1)
    springs, masses = {}, {}
    for label, line in lines.items():
        springs[label] = ax.plot([], [], color=line["color"], linewidth=1.1, alpha=line.get("alpha"))[0]
        masses[label] = ax.plot([], [], marker="s", markersize=15, color=line["color"])[0]
    zigzag = np.concatenate([[0, 0], 0.14 * np.resize([1, -1], 14), [0, 0]])
    along = np.concatenate([[0], np.linspace(0.06, 0.94, 16), [1]])

    def update(label: str, path: np.ndarray) -> None:
        q = float(np.clip(path[-1, 1], wall, high + span))
        springs[label].set_data(wall + (q - wall) * along, heights[label] + zigzag)
        masses[label].set_data([q], [heights[label]])

    return [*springs.values(), *masses.values()], update


def draw_position(ax: Axes, lines: Mapping[str, dict[str, Any]], q_label: str, q_limits: Limits) -> Drawing:
    """Draws the position over the time so far."""
    ax.set(ylim=q_limits, xlabel="time", ylabel=q_label, title="Position")
    curves = {label: ax.plot([], [], **line)[0] for label, line in lines.items()}

    def update(label: str, path: np.ndarray) -> None:
        curves[label].set_data(path[:, 0], line_near(path[:, 1], q_limits))

    return list(curves.values()), update


CONFIGURATIONS: dict[str | None, Callable[..., Drawing]] = {
    None: draw_position,
    "mass_spring": draw_mass_spring,
    "pendulum": draw_pendulum,
}
"""The drawings, by the names that `draw_rollout_animation` takes."""


def _plain(line: dict[str, Any]) -> dict[str, Any]:
    """Returns the style of a line without markers and dashes, for a rod."""
    return {key: line[key] for key in ("color", "alpha", "linewidth") if key in line}
