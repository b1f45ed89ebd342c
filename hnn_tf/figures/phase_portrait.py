"""A figure of true and learned vector fields, with the rollouts that follow them."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, withStroke

from hnn_tf.declarations import declared
from hnn_tf.figures import style
from hnn_tf.figures.canvas import legend_below, png_figure
from hnn_tf.figures.limits import PlanarLimits, line_near, planar_limits
from hnn_tf.input_error import InputError
from hnn_tf.motion_parameters import at_parameters, check_parameters
from hnn_tf.typing import VectorField

_ARROWS = 15
"""The number of arrows along each axis."""

_LONGEST_ARROW = 0.15
"""The length of the longest arrow in inches, which is the same in all panels."""

_TITLES = {
    "baseline": "Baseline",
    "hnn": "HNN",
    "measured": "Measured data",
    "observed": "Observed data",
    "true": "True system and data",
    "truth": "True system and data",
}
_MOST_POINTS = 1000
_POINTS: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 2.4}


def draw_phase_portrait(
    path: str | os.PathLike,
    *,
    fields: Mapping[str, VectorField],
    observed: np.ndarray,
    rollouts: Mapping[str, np.ndarray],
    state_names: Sequence[str],
    state_units: Sequence[str],
    time_unit: str = "s",
    limits: PlanarLimits | None = None,
    parameters: Sequence[float] | None = None,
) -> None:
    """Draws a row of phase planes: first the data, then every model's field with the rollout that follows it.

    The first panel shows the observed states, and the true field and trajectory if they have the label "truth", "true"
    or "measured". Axes, arrow scale and colours are the same in all panels.

    Args:
      path: The PNG file to write.
      fields: The vector field, states `[N, 2]` -> `[N, 2]`, by label.
      observed: The states of the training data `[N, 2]`.
      rollouts: The trajectory `[T, 2]` by label; non-finite and far values are cut off.
      state_names: The names of the two coordinates.
      state_units: The units of the two coordinates.
      time_unit: The unit of the times; empty if there is none.
      limits: ((low, high), (low, high)) of the two axes; by default, limits around the data and the true trajectory.
      parameters: Theta `[k]` of the fields that declare parameters, such as models of a family. Other fields, such as
        a true system, have no parameters.

    Raises:
      ValueError: If the states are not states in a plane.
      InputError: If a field has parameters and none are given, or no field has any and there are some.
    """
    family = {label: field for label, field in fields.items() if declared(field, "num_parameters")}
    for field in family.values():
        check_parameters(field, parameters)
    if parameters is not None and not family:
        raise InputError("parameters: expected a field that declares parameters; received none; leave parameters out")
    fields = dict(fields) | {label: at_parameters(field, parameters) for label, field in family.items()}
    automatic = planar_limits(observed, rollouts)
    limits = automatic if limits is None else limits
    points = np.asarray(observed)[:: max(1, len(observed) // _MOST_POINTS)]
    truth = next((label for label in (*fields, *rollouts) if label in style.TRUTH_LABELS), "observed")
    panels = [truth, *(label for label in fields if label not in style.TRUTH_LABELS)]
    grid = np.stack(np.meshgrid(*(_inner_points(*pair) for pair in limits)), -1).reshape(-1, 2)
    arrows = {label: np.asarray(field(tf.constant(grid)), np.float64) for label, field in fields.items()}
    fastest = _common_speed(arrows, truth)
    colours = LinearSegmentedColormap.from_list("speed", style.SPEED_COLOURS)
    lines = style.line_styles(rollouts)
    with png_figure(path, height=0.95 + 6.6 / (len(panels) + (len(panels) < 2))) as figure:
        axes = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
        for ax, label in zip(axes, panels, strict=True):
            _scatter(ax, points, prominent=ax is axes[0])
            if label in arrows:
                _arrows(ax, grid, arrows[label], fastest, colours)
            if label in rollouts:
                _rollout(ax, line_near(rollouts[label], limits), lines[label]["color"], points=label == "measured")
            ax.set_title(_TITLES.get(label, label))
            ax.set_xlabel(style.axis_label(state_names[0], state_units[0]))
        axes[0].set(ylabel=style.axis_label(state_names[1], state_units[1]), xlim=limits[0], ylim=limits[1])
        if arrows:
            scale = ScalarMappable(Normalize(0.0, fastest), colours)
            bar = figure.colorbar(scale, ax=list(axes), fraction=0.035, pad=0.015, aspect=28, extend="max")
            bar.set_label(f"speed $|ds/dt|$ (axis units / {time_unit or 'unit of time'})")
            bar.outline.set_visible(False)
        shown = [(label, lines[label]["color"]) for label in panels if label in rollouts]
        legend_below(figure, _legend_handles(shown))


def _inner_points(low: float, high: float) -> np.ndarray:
    """Returns grid coordinates half a step away from the frame, so that arrows stay inside."""
    return low + (high - low) * (np.arange(_ARROWS) + 0.5) / _ARROWS


def _common_speed(arrows: Mapping[str, np.ndarray], truth: str) -> float:
    """Returns the true field's top speed, or nearly the top of all fields. Faster arrows are drawn at this length."""
    chosen = [arrows[truth]] if truth in arrows else list(arrows.values())
    speeds = np.concatenate([_speed(field) for field in chosen]) if chosen else np.ones(1)
    speeds = speeds[np.isfinite(speeds) & (speeds > 0)]
    return float(np.percentile(speeds, 98.0)) if speeds.size else 1.0


def _speed(field: np.ndarray) -> np.ndarray:
    return np.linalg.norm(np.clip(field, -1e100, 1e100), axis=-1)


def _scatter(ax: Axes, points: np.ndarray, *, prominent: bool) -> None:
    alpha = 0.6 if prominent else 0.28
    ax.scatter(points[:, 0], points[:, 1], s=5, color=style.DATA_COLOUR, alpha=alpha, linewidths=0, zorder=1)


def _arrows(ax: Axes, grid: np.ndarray, field: np.ndarray, fastest: float, colours: Colormap) -> None:
    """Draws arrows of the field `[N, 2]` at `[N, 2]`, coloured by speed and as long as the square root of the speed."""
    field = np.clip(field, -1e100, 1e100)
    speed = _speed(field)
    # With the square root, slow parts of the field also have a visible direction.
    field = field / np.maximum(speed, 1e-300)[:, None] * np.sqrt(np.minimum(speed / fastest, 1.0))[:, None]
    ax.quiver(
        *grid.T,
        *field.T,
        np.minimum(speed, fastest),
        cmap=colours,
        norm=Normalize(0.0, fastest),
        angles="xy",
        scale_units="inches",
        scale=1.0 / _LONGEST_ARROW,
        units="inches",
        width=0.012,
        headwidth=3.6,
        headlength=4.2,
        headaxislength=3.8,
        minlength=0.6,
        pivot="mid",
        zorder=2,
    )


def _rollout(ax: Axes, states: np.ndarray, colour: str, *, points: bool) -> None:
    if points:
        ax.plot(*states.T, color=colour, **_POINTS, zorder=3)
    else:
        halo = [withStroke(linewidth=3.0, foreground="white", alpha=0.8), Normal()]
        ax.plot(*states.T, color=colour, linewidth=1.5, path_effects=halo, zorder=3)
    ax.plot(*states[:1].T, **_start_marker(colour), zorder=4)


def _start_marker(colour: str) -> dict[str, Any]:
    look = {"linestyle": "none", "marker": "o", "markersize": 6.0, "markerfacecolor": "white", "markeredgewidth": 1.6}
    return look | {"markeredgecolor": colour}


def _legend_handles(shown: list[tuple[str, str]]) -> list[Line2D]:
    data = Line2D([], [], marker="o", markersize=3, linestyle="none", color=style.DATA_COLOUR, label="training data")
    lines = []
    for label, colour in shown:
        name = label if label == "measured" else f"{style.display_name(label)} rollout"
        name = "true trajectory" if label in ("truth", "true") else name
        look = _POINTS if label == "measured" else {"linewidth": 1.5}
        lines.append(Line2D([], [], color=colour, label=name, **look))
    start = Line2D([], [], **_start_marker("#333333"), label="start")
    return [data, *lines, *([start] if lines else [])]
