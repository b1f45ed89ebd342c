"""A figure of all coordinates of one trajectory over time."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from hnn_tf.figures import style
from hnn_tf.figures.canvas import legend_below, png_figure
from hnn_tf.figures.limits import axis_limits, by_role, line_near

MOST_COORDINATES = 12
"""The largest number of coordinates in the figure. Larger states show the first positions and the first momenta."""

MOST_INPUTS = 4
"""The largest number of inputs in the figure. If there are more, the first are shown."""


@dataclasses.dataclass(frozen=True)
class DrawnInputs:
    """The inputs of the trajectory.

    Attributes:
      values: The inputs at the times, `[T, m]`.
      names: The names of the m inputs.
      units: The units of the m inputs.
      interpolation: The name of the interpolation between the times.
    """

    values: np.ndarray
    names: Sequence[str]
    units: Sequence[str]
    interpolation: str


def draw_coordinates(
    path: str | os.PathLike,
    *,
    times: np.ndarray,
    trajectories: Mapping[str, np.ndarray],
    observed: np.ndarray,
    state_names: Sequence[str],
    state_units: Sequence[str],
    time_unit: str = "s",
    inputs: DrawnInputs | None = None,
) -> None:
    """Draws each coordinate over time, with positions on the left and momenta on the right, and inputs below.

    Readings are points, and trajectories are lines.

    Args:
      path: The PNG file to write.
      times: `[T]`.
      trajectories: The trajectory `[T, 2n]` by label. A trajectory that is far away from the readings leaves the axes.
      observed: The readings `[T, 2n]`.
      state_names: The names of the 2n coordinates.
      state_units: The units of the 2n coordinates.
      time_unit: The unit of the times.
      inputs: The inputs, if the trajectory has inputs.
    """
    dof = observed.shape[1] // 2
    shown = min(dof, MOST_COORDINATES // 2)
    num_inputs = 0 if inputs is None else min(inputs.values.shape[1], MOST_INPUTS)
    rows = shown + -(-num_inputs // 2)
    with png_figure(path, height=max(2.6, 1.6 * rows)) as figure:
        axes = figure.subplots(rows, 2, squeeze=False, sharex=True)
        handles: list[Any] = []
        for row in range(shown):
            for column, index in enumerate((row, dof + row)):
                ax = axes[row, column]
                lines = {label: np.asarray(states)[:, index] for label, states in trajectories.items()}
                limits = axis_limits(*by_role({"measured": observed[:, index]} | lines), stretch=1.0)
                points = ax.plot(
                    times, observed[:, index], ".", color=style.DATA_COLOUR, markersize=3, label="readings"
                )
                drawn = [
                    ax.plot(times, line_near(lines[label], limits), **look)[0]
                    for label, look in style.line_styles(lines).items()
                ]
                handles = handles or [*points, *drawn]
                ax.set(ylim=limits, ylabel=style.axis_label(state_names[index], state_units[index]))
        for index, ax in enumerate(axes[shown:].flat):
            if inputs is None or index >= num_inputs:
                ax.axis("off")
            else:
                _draw_input(ax, times, inputs, index)
        for ax in [axes[-1, 0], axes[-1, 1] if num_inputs % 2 == 0 else axes[shown - 1, 1]]:
            ax.set(xlim=axis_limits([times], margin=0.0), xlabel=style.axis_label("time", time_unit))
            ax.tick_params(labelbottom=True)  # axes that share their times hide all numbers but the lowest
        legend_below(figure, handles)


def _draw_input(ax: Axes, times: np.ndarray, inputs: DrawnInputs, index: int) -> None:
    held = inputs.interpolation == "zero_order_hold"
    ax.plot(
        times,
        inputs.values[:, index],
        color=style.DATA_COLOUR,
        linewidth=1.0,
        drawstyle="steps-post" if held else "default",
    )
    ax.set(ylabel=style.axis_label(inputs.names[index], inputs.units[index]))
