"""The figure of docs/objectives.md, with every objective's error against the noise and the amount of data."""

import itertools
import pathlib
from collections.abc import Mapping
from typing import Any

from matplotlib.lines import Line2D

from benchmarks.objectives.tables import median
from hnn_tf.figures.canvas import png_figure

_COLOURS = ("#0072b2", "#56b4e9", "#e69f00", "#333333", "#009e73", "#cc79a7", "#d55e00", "#8a2be2")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_METRICS = {"clean_test_loss": "error of the derivative", "coordinate_mse": "error of the coordinates"}


def draw(results: Mapping[str, Any], folder: pathlib.Path) -> None:
    """Writes `objectives.png` into the folder, with medians over seeds of both sweeps for the pendulum."""
    styles: dict[str, Any] = {
        method: {"color": colour, "marker": marker, "markersize": 3.6, "linewidth": 1.3}
        for method, colour, marker in zip(
            results["noise"], itertools.cycle(_COLOURS), itertools.cycle(_MARKERS), strict=False
        )
    }
    with png_figure(folder / "objectives.png", width=9.5, height=6.2) as figure:
        axes = figure.subplots(2, 2, sharey="row")
        for row, (metric, label) in zip(axes, _METRICS.items(), strict=True):
            for ax, (sweep, axis) in zip(
                row, {"noise": "standard deviation of the noise", "count": "training trajectories"}.items(), strict=True
            ):
                for method, points in results[sweep].items():
                    places = [float(place) for place in points]
                    # An infinite median, where most runs failed, is not drawn.
                    values = [median(points[place].get(metric, [None])) for place in points]
                    ax.plot(places, values, **styles[method])
                ax.set(
                    yscale="log",
                    xlabel=axis if metric == "coordinate_mse" else "",
                    ylabel=label if sweep == "noise" else "",
                )
                if sweep == "count":
                    ax.set(xscale="log")
                    ax.set_xticks(places, [f"{place:g}" for place in places])
                    ax.minorticks_off()
                ax.grid(color="#e3e3e3", linewidth=0.6)
                ax.set_axisbelow(True)
        axes[0, 0].set_title("25 trajectories")
        axes[0, 1].set_title("noise 0.1")
        handles = [Line2D([], [], label=name, **style) for name, style in styles.items()]
        figure.legend(handles=handles, loc="outside lower center", ncols=3, handlelength=2.6)
