"""Animations of rollouts, as GIF files."""

import os
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from hnn_tf.figures import style
from hnn_tf.figures.canvas import legend_below, styled_figure
from hnn_tf.figures.configuration import CONFIGURATIONS, Drawing
from hnn_tf.figures.gif import moving_frames, rows_until, write_gif
from hnn_tf.figures.limits import PlanarLimits, axis_limits, clip_near, line_near, planar_limits


def draw_rollout_animation(
    path: str | os.PathLike,
    *,
    times: np.ndarray,
    trajectories: Mapping[str, np.ndarray],
    state_names: Sequence[str],
    state_units: Sequence[str],
    configuration: str | None = None,
    frames: int = 60,
    fps: int = 20,
    time_unit: str = "s",
) -> None:
    """Animates trajectories in the phase plane and, beside it, the system itself.

    Args:
      path: The GIF file to write.
      times: `[T]`, increasing. The frames divide the span of the times equally, and the states are interpolated.
      trajectories: The trajectory `[T, 2]` by label; non-finite and far values are cut off.
      state_names: The names of the two coordinates.
      state_units: The units of the two coordinates.
      configuration: "pendulum" (q is the angle from the hanging position), "mass_spring" (q is the displacement), or
        None, which shows the position over time.
      frames: The number of frames.
      fps: The number of frames per second.
      time_unit: The unit of the times.

    Raises:
      ValueError: If the configuration is unknown or the trajectories are not planar.
    """
    if configuration not in CONFIGURATIONS:
        known = ", ".join(repr(name) for name in CONFIGURATIONS)
        raise ValueError(f"configuration: expected one of {known}; received {configuration!r}")
    times = np.asarray(times, np.float64)
    paths = {label: np.asarray(states, np.float64) for label, states in trajectories.items()}
    limits = planar_limits(np.empty([0, 2]), paths)
    lines = style.line_styles(paths)
    with styled_figure(height=3.6) as figure:
        left, right = figure.subplots(1, 2)
        q_label, p_label = (style.axis_label(*pair) for pair in zip(state_names, state_units, strict=True))
        phase_plane = _phase_plane(left, lines, limits)
        left.set(xlabel=q_label, ylabel=p_label)
        drawing = CONFIGURATIONS[configuration](right, lines, q_label, limits[0])
        if configuration is None:
            right.set(xlim=axis_limits([times], margin=0.0), xlabel=style.axis_label("time", time_unit))
        legend_below(figure, phase_plane[0][: len(paths)])
        clock = left.text(1.0, 1.03, "", transform=left.transAxes, ha="right", va="bottom")
        images = _frames(figure, times, paths, [phase_plane, drawing], clock, frames, time_unit)
        write_gif(path, images, fps)


def _phase_plane(ax: Axes, lines: Mapping[str, dict], limits: PlanarLimits) -> Drawing:
    ax.set(xlim=limits[0], ylim=limits[1])
    ax.set_title("Phase plane", loc="left")
    trails = {label: ax.plot([], [], **line)[0] for label, line in lines.items()}
    if "measured" in trails:
        # Chords between readings would cut across the curve.
        trails["measured"].set_linestyle("none")
    heads = {
        label: ax.plot([], [], marker="o", markersize=8, color=line["color"], markeredgecolor="white", zorder=6)[0]
        for label, line in lines.items()
    }

    def update(label: str, path: np.ndarray) -> None:
        trails[label].set_data(*line_near(path[:, 1:], limits).T)
        heads[label].set_data(*clip_near(path[-1:, 1:], limits).T)

    return [*trails.values(), *heads.values()], update


def _frames(
    figure: Figure,
    times: np.ndarray,
    paths: Mapping[str, np.ndarray],
    drawings: Sequence[Drawing],
    clock: Text,
    count: int,
    time_unit: str,
) -> Iterator[Image.Image]:
    def move(now: float) -> None:
        for label, states in paths.items():
            so_far = rows_until(times, states, now)
            for _, update in drawings:
                update(label, so_far)
        clock.set_text(f"$t$ = {now:.1f} {time_unit}")

    moving = [artist for artists, _ in drawings for artist in artists] + [clock]
    return moving_frames(figure, moving, move, np.linspace(times[0], times[-1], count))
