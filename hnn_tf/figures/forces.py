"""A figure of the generalised forces of a motion and of their parts over time."""

import os
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from hnn_tf.figures import style
from hnn_tf.figures.canvas import legend_below, png_figure
from hnn_tf.figures.labelled import labelled_arrays, shaped, truth_first
from hnn_tf.figures.limits import axis_limits, by_role, line_near


def draw_forces(
    path: str | os.PathLike,
    *,
    times: np.ndarray,
    forces: Mapping[str, Mapping[str, ArrayLike]],
    names: Sequence[str],
    unit: str = "N m",
    time_unit: str = "s",
) -> None:
    """Draws a row of panels for each kind of force, and a column for each degree of freedom.

    Args:
      path: The PNG file to write.
      times: `[T]`.
      forces: For each kind of force, such as "torque" or "gravity", the truth and the models, `[T, n]` by label. A line
        leaves the axes where it exceeds twice the truth's size.
      names: The titles of the n columns.
      unit: The unit of the forces.
      time_unit: The unit of the times.

    Raises:
      ValueError: If there is no force, or shapes do not fit.
    """
    times = shaped("times", times, None)
    rows = {kind: labelled_arrays(f"forces[{kind!r}]", lines, len(times), len(names)) for kind, lines in forces.items()}
    if not rows:
        raise ValueError("forces: expected at least one kind of force; received none")
    looks = style.line_styles(dict.fromkeys(label for lines in rows.values() for label in lines))
    handles = {}
    with png_figure(path, height=1.5 * len(rows) + 0.9) as figure:
        axes = figure.subplots(len(rows), len(names), squeeze=False, sharex=True)
        for row, (kind, lines) in zip(axes, rows.items(), strict=True):
            for column, ax in enumerate(row):
                shown = {label: force[:, column] for label, force in lines.items()}
                limits = axis_limits(*by_role(shown), stretch=1.0)
                for label, force in shown.items():
                    handles[label] = ax.plot(times, line_near(force, limits), **looks[label])[0]
                ax.set(xlim=axis_limits([times], margin=0.0), ylim=limits)
            row[0].set_ylabel(style.axis_label(kind, unit))
        for ax, name in zip(axes[0], names, strict=True):
            ax.set_title(name)
        for ax in axes[-1]:
            ax.set_xlabel(style.axis_label("time", time_unit))
        legend_below(figure, list(truth_first(handles).values()))
