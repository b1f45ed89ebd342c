"""A figure of the true energy along many trajectories, with a small panel for each initial state."""

import math
import os
from collections.abc import Mapping, Sequence

import numpy as np

from hnn_tf.figures import style
from hnn_tf.figures.canvas import legend_below, png_figure
from hnn_tf.figures.labelled import labelled_arrays, shaped, truth_first
from hnn_tf.figures.limits import axis_limits, by_role, line_near

_MOST_COLUMNS = 4


def draw_energy_panels(
    path: str | os.PathLike,
    *,
    times: np.ndarray,
    energies: Sequence[Mapping[str, np.ndarray]],
    titles: Sequence[str],
    energy_unit: str = "",
    time_unit: str = "",
) -> None:
    """Draws a grid of small panels, each with the energy of truth (or measurement) and models over time.

    Each panel has its own energy axis, which depends on the size of its truth.

    Args:
      path: The PNG file to write.
      times: `[T]`, the same in all panels.
      energies: For each panel, the energy by the TRUE Hamiltonian along each trajectory, `[T]` by label. A line leaves
        the axes where it exceeds twice the truth's size.
      titles: The titles of the panels.
      energy_unit: The unit of the energies.
      time_unit: The unit of the times.

    Raises:
      ValueError: If there is no panel, or shapes or the number of titles do not fit.
    """
    if not energies or len(energies) != len(titles):
        raise ValueError(
            f"expected at least one panel and a title for each; received {len(energies)} panels, {len(titles)} titles"
        )
    times = shaped("times", times, None)
    panels = [labelled_arrays(f"energies[{i}]", panel, len(times)) for i, panel in enumerate(energies)]
    rows = math.ceil(len(panels) / _MOST_COLUMNS)
    # All rows have the same number of panels, as far as possible.
    columns = math.ceil(len(panels) / rows)
    lines = style.line_styles(dict.fromkeys(label for panel in panels for label in panel))
    handles = {}
    with png_figure(path, height=1.35 * rows + 0.75) as figure:
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for number, (ax, panel) in enumerate(zip(axes, panels, strict=False)):
            limits = axis_limits(*by_role(panel), stretch=1.0)
            for label, energy in panel.items():
                handles[label] = ax.plot(times, line_near(energy, limits), **lines[label])[0]
            ax.set(xlim=axis_limits([times], margin=0.0), ylim=limits)
            ax.set_title(titles[number], fontsize=8.5)
            lowest = number + columns >= len(panels)
            ax.tick_params(labelbottom=lowest)
            ax.set_xlabel(style.axis_label("time", time_unit) if lowest else "")
            ax.grid(axis="y", color="#e3e3e3", linewidth=0.6)
            ax.set_axisbelow(True)
        for ax in axes[len(panels) :]:
            ax.set_axis_off()
        figure.supylabel(style.axis_label("energy", energy_unit), fontsize=8.5)
        legend_below(figure, list(truth_first(handles).values()))
