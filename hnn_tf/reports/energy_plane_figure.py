"""The figure of the learned energy of one degree of freedom, with the motion and the data."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from scipy.spatial import ConvexHull, QhullError

from hnn_tf.figures.canvas import legend_below
from hnn_tf.figures.limits import clip_near
from hnn_tf.reports import svg_figure
from hnn_tf.reports.figure_data import EnergyPlane
from hnn_tf.reports.report_contents import ReportContents
from hnn_tf.reports.thinning import spread_rows

_MOST_POINTS = 250
_MOST_LINES = 61
_MOST_ARROWS = 15
_MOST_ENERGY = 1e100
_ARROW_COLOUR = "#14324a"
_COLOURS = LinearSegmentedColormap.from_list("energy", ["#f7fafc", "#cbdfee", "#94bddb", "#6a9cc4"])
"""Light colours, on which points, arrows and lines are visible."""


def energy_plane_figure(contents: ReportContents, plane: EnergyPlane) -> str:
    """Returns the SVG of the level lines of H, the arrows of the motion, and the states of the data."""
    labels = [
        svg_figure.name_with_unit(name, unit)
        for name, unit in zip(contents.state_names, contents.state_units, strict=True)
    ]

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        rows, columns = (spread_rows(np.arange(len(grid)), _MOST_LINES) for grid in (plane.p, plane.q))
        levels = _levels(plane, contents.training_states)
        energy = np.asarray(plane.energy, np.float64)[np.ix_(rows, columns)]
        energy = np.ma.masked_invalid(clip_near(energy, (levels[0], levels[-1])))
        filled = ax.contourf(plane.q[columns], plane.p[rows], energy, levels=levels, cmap=_COLOURS, extend="max")
        # The border of each area is a level line.
        filled.set(edgecolor="white", linewidth=0.8)
        bar = figure.colorbar(filled, ax=ax, aspect=26, fraction=0.05, pad=0.02)
        bar.set_label(svg_figure.name_with_unit("learned energy H", contents.energy_unit))
        bar.outline.set_visible(False)
        handles = [*_data(ax, contents.training_states), _arrows(ax, plane)]
        ax.set(xlabel=labels[0], ylabel=labels[1])
        ax.set_xlim(plane.q[0], plane.q[-1])
        ax.set_ylim(plane.p[0], plane.p[-1])
        legend_below(figure, handles)

    description = (
        f"Learned energy over the plane of {contents.state_names[0]} and {contents.state_names[1]}, with the arrows of "
        "the motion and the states of the data."
    )
    return svg_figure.svg_figure("energy-plane", description, draw, height=4.3)


def _levels(plane: EnergyPlane, states: np.ndarray) -> np.ndarray:
    """Returns round levels up to twice the highest energy of the data, above the lowest energy."""
    energy = np.asarray(plane.energy, np.float64)
    finite = energy[np.abs(energy) < _MOST_ENERGY]
    if not finite.size:
        return np.array([0.0, 1.0])
    low, high = float(finite.min()), float(finite.max())
    # Without this end, the corners of the plane would take most levels.
    places = [_nearest(grid, column) for grid, column in zip((plane.p, plane.q), states[:, ::-1].T, strict=True)]
    reached = energy[places[0], places[1]]
    reached = reached[np.abs(reached) < _MOST_ENERGY]
    if reached.size:
        high = min(high, low + 2.0 * (float(np.percentile(reached, 99.0)) - low))
    return np.asarray(MaxNLocator(12).tick_values(low, high if high > low else low + 1.0))


def _nearest(grid: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Returns the indices of the grid points that are nearest to the values."""
    share = (np.nan_to_num(np.asarray(values, np.float64)) - grid[0]) / (grid[-1] - grid[0])
    return np.clip(np.round(share * (len(grid) - 1)), 0, len(grid) - 1).astype(int)


def _data(ax: Axes, states: np.ndarray) -> list[Line2D]:
    """Draws the states and their convex hull, and returns what the legend shows."""
    states = np.asarray(states, np.float64)
    states = states[np.isfinite(states).all(axis=1)]
    points = spread_rows(states, _MOST_POINTS)
    look: dict = {"linestyle": "none", "marker": "o", "markersize": 1.8, "markeredgewidth": 0, "color": "#333333"}
    ax.plot(*points.T, **look, alpha=0.6, zorder=2)
    handles = [Line2D([], [], **look, label="states of the data")]
    try:
        corners = states[ConvexHull(states).vertices]
    except (QhullError, ValueError):
        # Fewer than three states, or all on one line, have no hull.
        return handles
    border: dict = {"color": svg_figure.OTHER_COLOUR, "linewidth": 1.2, "linestyle": (0, (4, 2))}
    ax.plot(*np.vstack([corners, corners[:1]]).T, **border, zorder=3)
    return [*handles, Line2D([], [], **border, label="range of the data")]


def _arrows(ax: Axes, plane: EnergyPlane) -> Line2D:
    """Draws the arrows, and returns what the legend shows."""
    spans = np.array([np.ptp(plane.q), np.ptp(plane.p)])
    rows, columns = (spread_rows(np.arange(len(grid)), _MOST_ARROWS) for grid in (plane.arrow_p, plane.arrow_q))
    field = np.stack([plane.dq_dt, plane.dp_dt], -1)[np.ix_(rows, columns)]
    field = np.where(np.isfinite(field), field, 0.0)
    speed = np.linalg.norm(field / spans, axis=-1)
    fastest = float(speed.max()) or 1.0
    # With the square root, slow parts of the motion also have a visible direction.
    field = field / np.maximum(speed, 1e-300)[..., None] * np.sqrt(speed / fastest)[..., None]
    step = 0.85 * spans / np.array([len(columns), len(rows)])
    scale = float(np.min(step / spans))
    ax.quiver(
        plane.arrow_q[columns],
        plane.arrow_p[rows],
        field[..., 0] * scale,
        field[..., 1] * scale,
        angles="xy",
        scale_units="xy",
        scale=1.0,
        color=_ARROW_COLOUR,
        width=0.0022,
        headwidth=4.0,
        headlength=4.5,
        headaxislength=4.0,
        minlength=0.5,
        pivot="mid",
        zorder=4,
    )
    return Line2D([], [], linewidth=1.2, marker=">", markersize=4.5, color=_ARROW_COLOUR, label="motion")
