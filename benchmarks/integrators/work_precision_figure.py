"""The work-precision diagrams."""

import itertools
import os
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from hnn_tf.figures.canvas import png_figure

# Colours show families, and dashes and markers show the members of a family.
_FAMILIES = (
    ("#0072b2", ("symplectic_euler", "leapfrog", "yoshida4", "blanes_moan4", "yoshida6")),
    ("#cc79a7", ("tao2", "tao4")),
    ("#009e73", ("implicit_midpoint", "gauss4", "gauss6")),
    ("#d55e00", ("rk4", "rk8", "dormand_prince")),
)
_DASHES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1)))
_MARKERS = ("o", "s", "^", "D", "v")


def draw_work_precision(path: str | os.PathLike, problems: dict[str, Any]) -> None:
    """Draws the error against evaluations (above) and against seconds (below), with one column per problem.

    Args:
      path: The PNG file to write.
      problems: The runs with `evaluations`, `seconds` and `error`, by problem and integrator.
    """
    styles: dict[str, Any] = {
        name: {"color": colour, "linestyle": dash, "marker": marker, "markersize": 2.8, "linewidth": 1.1}
        for colour, names in _FAMILIES
        for name, dash, marker in zip(names, itertools.cycle(_DASHES), itertools.cycle(_MARKERS), strict=False)
    }
    with png_figure(path, width=10.0, height=6.4) as figure:
        axes = figure.subplots(2, len(problems), sharey="col", squeeze=False)
        for column, (problem, runs) in zip(axes.T, problems.items(), strict=True):
            for ax, measure in zip(column, ("evaluations", "seconds"), strict=True):
                for name, points in runs.items():
                    ax.loglog([p[measure] for p in points], [p["error"] for p in points], **styles[name])
                errors = [p["error"] for points in runs.values() for p in points if np.isfinite(p["error"])]
                ax.set(
                    xlabel={"evaluations": "evaluations of the vector field", "seconds": "time (s)"}[measure],
                    ylabel="error of the end state" if ax in axes[:, 0] else "",
                    ylim=(0.5 * min(errors), 10.0),
                )
                ax.xaxis.set_major_locator(LogLocator(subs=(1.0,) if measure == "evaluations" else (1.0, 3.0)))
                ax.xaxis.set_minor_formatter(NullFormatter())  # decades are short, so their labels would overlap
                ax.grid(color="#e3e3e3", linewidth=0.6)
                ax.set_axisbelow(True)
            column[0].set_title(problem)
        handles = [Line2D([], [], label=name, **style) for name, style in styles.items()]
        figure.legend(handles=handles, loc="outside right center", handlelength=3.2)
