"""The figure of the learned energy of one degree of freedom, with the motion and the data."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from scipy.spatial import ConvexHull, QhullError

from hnn_tf.figures.canvas import legend_below
from hnn_tf.reports import svg_figure
from hnn_tf.reports.figure_data import EnergyPlane
from hnn_tf.reports.report_contents import ReportContents
from hnn_tf.reports.thinning import spread_rows

_MOST_POINTS = 250


def energy_plane_figure(contents: ReportContents, plane: EnergyPlane) -> str:
    """Returns the SVG of the level lines of H, the arrows of the motion, and the states of the data."""
    labels = [
        svg_figure.name_with_unit(name, unit)
        for name, unit in zip(contents.state_names, contents.state_units, strict=True)
    ]

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        energy = np.ma.masked_invalid(plane.energy)
        levels = MaxNLocator(12).tick_values(float(energy.min()), float(energy.max()))
        filled = ax.contourf(plane.q, plane.p, energy, levels=levels, cmap="YlGnBu_r", alpha=0.85)
        ax.contour(plane.q, plane.p, energy, levels=levels, colors="white", linewidths=0.5, linestyles="solid")
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


def _data(ax: Axes, states: np.ndarray) -> list[Line2D]:
    """Draws the states and their convex hull, and returns what the legend shows."""
    states = np.asarray(states, np.float64)
    states = states[np.isfinite(states).all(axis=1)]
    points = spread_rows(states, _MOST_POINTS)
    look: dict = {"linestyle": "none", "marker": "o", "markersize": 1.8, "markeredgewidth": 0, "color": "#333333"}
    ax.plot(*points.T, **look, alpha=0.55, zorder=2)
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
    field = np.stack([plane.dq_dt, plane.dp_dt], -1)
    field = np.where(np.isfinite(field), field, 0.0)
    speed = np.linalg.norm(field / spans, axis=-1)
    fastest = float(speed.max()) or 1.0
    # With the square root, slow parts of the motion also have a visible direction.
    field = field / np.maximum(speed, 1e-300)[..., None] * np.sqrt(speed / fastest)[..., None]
    step = 0.85 * spans / np.array([len(plane.arrow_q), len(plane.arrow_p)])
    scale = float(np.min(step / spans))
    ax.quiver(
        plane.arrow_q,
        plane.arrow_p,
        field[..., 0] * scale,
        field[..., 1] * scale,
        angles="xy",
        scale_units="xy",
        scale=1.0,
        color="#111111",
        width=0.0022,
        headwidth=4.0,
        headlength=4.5,
        headaxislength=4.0,
        minlength=0.5,
        pivot="mid",
        zorder=4,
    )
    return Line2D([], [], linestyle="none", marker=r"$\rightarrow$", markersize=9, color="#111111", label="motion")
