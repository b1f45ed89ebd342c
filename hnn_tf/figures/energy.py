"""A figure of the true energy along trajectories."""

import os
from collections.abc import Mapping

import numpy as np

from hnn_tf.figures import style
from hnn_tf.figures.canvas import legend_below, png_figure
from hnn_tf.figures.limits import axis_limits, by_role, line_near


def draw_energy(
    path: str | os.PathLike,
    *,
    times: np.ndarray,
    energies: Mapping[str, np.ndarray],
    energy_unit: str,
    time_unit: str = "s",
) -> None:
    """Draws the energy of truth (or measurement) and models over time.

    Args:
      path: The PNG file to write.
      times: `[T]`.
      energies: The energy by the TRUE Hamiltonian along each trajectory, `[T]` by label. A line leaves the axes where
        it exceeds three times the truth's size.
      energy_unit: The unit of the energies.
      time_unit: The unit of the times.
    """
    limits = axis_limits(*by_role(energies), stretch=2.0)
    with png_figure(path, height=3.0) as figure:
        ax = figure.subplots()
        lines = []
        for label, line in style.line_styles(energies).items():
            lines += ax.plot(times, line_near(energies[label], limits), **line)
        ax.set(
            xlim=axis_limits([times], margin=0.0),
            ylim=limits,
            xlabel=style.axis_label("time", time_unit),
            ylabel=style.axis_label("energy", energy_unit),
            title="Ideal system's energy along each trajectory"
            if "measured" in energies
            else "True energy along each trajectory",
        )
        ax.grid(axis="y", color="#e3e3e3", linewidth=0.6)
        ax.set_axisbelow(True)
        legend_below(figure, lines)
