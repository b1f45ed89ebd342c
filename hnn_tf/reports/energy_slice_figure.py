"""The figure of the learned energy along coordinates."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from hnn_tf.figures.canvas import legend_below
from hnn_tf.reports import svg_figure
from hnn_tf.reports.figure_data import EnergySlice
from hnn_tf.reports.report_contents import ReportContents
from hnn_tf.reports.thinning import thinned

MOST = 9
_COLUMNS = 3
_DATA_COLOUR = "#dcebf5"


def energy_slice_figure(contents: ReportContents, slices: Sequence[EnergySlice]) -> str:
    """Returns the SVG with a panel for each coordinate. The range of the data is shaded."""
    slices = slices[:MOST]
    columns = min(len(slices), _COLUMNS)
    rows = -(-len(slices) // columns)

    def draw(figure: Figure) -> None:
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for ax in axes[len(slices) :]:
            ax.set_axis_off()
        for ax, part in zip(axes, slices, strict=False):
            states = np.asarray(contents.training_states, np.float64)[:, part.coordinate]
            states = states[np.isfinite(states)]
            if states.size:
                ax.axvspan(states.min(), states.max(), color=_DATA_COLOUR, linewidth=0)
            ax.plot(*thinned(part.grid, part.energy, 200), color=svg_figure.MODEL_COLOUR, linewidth=1.6)
            ax.margins(x=0)
            name, unit = contents.state_names[part.coordinate], contents.state_units[part.coordinate]
            ax.set_xlabel(svg_figure.name_with_unit(name, unit))
            ax.set_ylabel(svg_figure.name_with_unit(part.symbol, contents.energy_unit))
        line = Line2D([], [], color=svg_figure.MODEL_COLOUR, linewidth=1.6, label="learned energy")
        legend_below(figure, [line, Patch(color=_DATA_COLOUR, label="range of the data")])

    names = ", ".join(contents.state_names[part.coordinate] for part in slices)
    description = f"Learned energy along {names}. The range of the data is shaded."
    return svg_figure.svg_figure("energy-slices", description, draw, height=0.6 + 2.0 * rows)
