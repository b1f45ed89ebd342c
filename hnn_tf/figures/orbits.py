"""A figure of the orbits of bodies in a plane, and of the exchange of their energies."""

import itertools
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from hnn_tf.figures import style
from hnn_tf.figures.canvas import WIDTH, png_figure
from hnn_tf.figures.labelled import labelled_arrays, shaped, title
from hnn_tf.figures.limits import PlanarLimits, axis_limits, by_role, clip_near, line_near, planar_limits

# The colours of Okabe and Ito, without those of truth and models, because a colour stands for a body here.
_BODY_COLOURS = ("#009e73", "#cc79a7", "#e69f00", "#56b4e9")

# Tol's high-contrast colours, which no body and no model has.
_ENERGY_LINES: dict[str, dict[str, Any]] = {
    "total": {"color": "#333333", "linewidth": 1.6},
    "kinetic": {"color": "#bb5566", "linewidth": 1.2, "linestyle": (0, (5, 1.2))},
    "potential": {"color": "#004488", "linewidth": 1.2, "linestyle": (0, (4, 1.2, 1, 1.2))},
}
_FAINT: dict[str, Any] = {"linewidth": 3.2, "alpha": 0.28, "zorder": 2, "solid_capstyle": "butt"}
_END: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 6.5, "markeredgecolor": "white", "zorder": 5}
_START: dict[str, Any] = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 5.5,
    "markerfacecolor": "white",
    "markeredgewidth": 1.4,
    "zorder": 4,
}
_LEGEND_WIDTH = 1.0
_LARGEST_PANEL = 3.2
"""These two sizes are in inches."""


def draw_orbits(
    path: str | os.PathLike,
    *,
    times: np.ndarray,
    trajectories: Mapping[str, np.ndarray],
    energies: Mapping[str, Mapping[str, np.ndarray]] | None = None,
    length_unit: str = "",
    time_unit: str = "",
    energy_unit: str = "",
) -> None:
    """Draws a panel of orbits for each label and, below it, the kinetic, potential and total energy over time.

    The truth's orbits are repeated as faint lines below the models' orbits. The axes are the same in all panels of a
    row.

    Args:
      path: The PNG file to write.
      times: `[T]`.
      trajectories: The positions `[T, num_bodies, d]` by label, d >= 2, of which the first two coordinates are drawn;
        non-finite and far values are cut off.
      energies: For each label of `trajectories`, the energies "kinetic", "potential" and "total", `[T]` each. With
        None, only the orbits are drawn.
      length_unit: The unit of the positions.
      time_unit: The unit of the times.
      energy_unit: The unit of the energies.

    Raises:
      ValueError: If shapes or labels do not fit.
    """
    times = shaped("times", times, None)
    orbits = planar_orbits(trajectories, len(times))
    exchanges = None if energies is None else _checked_energies(energies, orbits, len(times))
    limits = orbit_limits(orbits)
    truth = next((label for label in orbits if label in style.TRUTH_LABELS), None)
    panel = min((WIDTH - _LEGEND_WIDTH - 0.6) / len(orbits), _LARGEST_PANEL)
    rows = [1.0] if exchanges is None else [1.0, 0.6]
    size = {"width": panel * len(orbits) + _LEGEND_WIDTH + 0.6, "height": sum(rows) * panel + 0.7 * len(rows)}
    with png_figure(path, **size) as figure:
        axes = figure.subplots(len(rows), len(orbits), sharex="row", sharey="row", squeeze=False, height_ratios=rows)
        for ax, label in zip(axes[0], orbits, strict=True):
            if truth not in (None, label):
                _draw_faint(ax, orbits[truth], limits)
            _draw_bodies(ax, orbits[label], limits)
            ax.set(title=title(label), xlabel=style.axis_label("x", length_unit), aspect="equal")
        axes[0, 0].set(ylabel=style.axis_label("y", length_unit), xlim=limits[0], ylim=limits[1])
        _legend_beside(axes[0, -1], _orbit_handles(orbits, truth))
        if exchanges is not None:
            _draw_exchanges(list(axes[1]), times, exchanges)
            axes[1, 0].set_ylabel(style.axis_label("energy", energy_unit))
            for ax in axes[1]:
                ax.set_xlabel(style.axis_label("time", time_unit))


def planar_orbits(trajectories: Mapping[str, np.ndarray], num_times: int) -> dict[str, np.ndarray]:
    """Returns the first two coordinates `[T, num_bodies, 2]` of positions `[T, num_bodies, d]` by label.

    Raises:
      ValueError: If the positions have a different shape.
    """
    checked = labelled_arrays("trajectories", trajectories, num_times, None, None)
    dimensions = {positions.shape[-1] for positions in checked.values()}
    if min(dimensions) < 2:
        raise ValueError(
            f"trajectories: expected positions [T, num_bodies, d] with d >= 2; received d = {min(dimensions)}"
        )
    return {label: positions[..., :2] for label, positions in checked.items()}


def orbit_limits(orbits: Mapping[str, np.ndarray]) -> PlanarLimits:
    """Returns the limits of a square around the true positions `[T, num_bodies, 2]`, and the others near them."""
    limits = planar_limits(
        np.empty([0, 2]), {label: positions.reshape(-1, 2) for label, positions in orbits.items()}, stretch=0.1
    )
    half = max(high - low for low, high in limits) / 2
    (x, y) = ((low + high) / 2 for low, high in limits)
    return (x - half, x + half), (y - half, y + half)


def body_colours(orbits: Mapping[str, np.ndarray]) -> list[str]:
    """Returns a colour for each body, which is the same in all panels."""
    return _colours(next(iter(orbits.values())))


def _colours(positions: np.ndarray) -> list[str]:
    return list(itertools.islice(itertools.cycle(_BODY_COLOURS), positions.shape[1]))


def _checked_energies(
    energies: Mapping[str, Mapping[str, np.ndarray]], orbits: Mapping[str, np.ndarray], num_times: int
) -> dict[str, dict[str, np.ndarray]]:
    if set(energies) != set(orbits):
        raise ValueError(f"energies: expected the labels {sorted(orbits)}; received {sorted(energies)}")
    for label, parts in energies.items():
        if set(parts) != set(_ENERGY_LINES):
            raise ValueError(f"energies[{label!r}]: expected {sorted(_ENERGY_LINES)}; received {sorted(parts)}")
    return {label: labelled_arrays(f"energies[{label!r}]", energies[label], num_times) for label in orbits}


def _draw_faint(ax: Axes, positions: np.ndarray, limits: PlanarLimits) -> None:
    for body, colour in enumerate(_colours(positions)):
        ax.plot(*line_near(positions[:, body], limits).T, color=colour, **_FAINT)


def _draw_bodies(ax: Axes, positions: np.ndarray, limits: PlanarLimits) -> None:
    for body, colour in enumerate(_colours(positions)):
        ax.plot(*line_near(positions[:, body], limits).T, color=colour, linewidth=1.3, zorder=3)
        ax.plot(*clip_near(positions[:1, body], limits).T, color=colour, **_START)
        ax.plot(*clip_near(positions[-1:, body], limits).T, color=colour, **_END)


def _draw_exchanges(axes: Sequence[Axes], times: np.ndarray, exchanges: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    stacked = {label: np.stack(list(parts.values())) for label, parts in exchanges.items()}
    limits = axis_limits(*by_role(stacked), stretch=0.5)
    handles: list[Line2D] = []
    for ax, parts in zip(axes, exchanges.values(), strict=True):
        handles = [
            ax.plot(times, line_near(parts[name], limits), label=name, **line)[0]
            for name, line in _ENERGY_LINES.items()
        ]
        ax.grid(axis="y", color="#e3e3e3", linewidth=0.6)
        ax.set_axisbelow(True)
    axes[0].set(xlim=axis_limits([times], margin=0.0), ylim=limits)
    _legend_beside(axes[-1], handles)


def _orbit_handles(orbits: Mapping[str, np.ndarray], truth: str | None) -> list[Line2D]:
    bodies = [
        Line2D([], [], color=colour, linewidth=1.3, label=f"body {number}")
        for number, colour in enumerate(body_colours(orbits), start=1)
    ]
    faint = [Line2D([], [], color="#333333", label=style.display_name(truth), **_FAINT)] if truth else []
    marks = [Line2D([], [], color="#333333", label=name, **look) for name, look in (("start", _START), ("end", _END))]
    return [*bodies, *(faint if len(orbits) > 1 else []), *marks]


def _legend_beside(ax: Axes, handles: list[Line2D]) -> None:
    """Draws a legend beside the last panel of its row.

    The two rows have different legends, and neither covers the data.
    """
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.3, handlelength=2.4)
