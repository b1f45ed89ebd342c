"""The figure of the readings over time, with the held-out part shaded."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from hnn_tf.figures.canvas import legend_below
from hnn_tf.reports import svg_figure
from hnn_tf.reports.report_contents import ReportContents
from hnn_tf.reports.thinning import thinned

MOST_RECORDINGS = 3
MOST_COLUMNS = 6
_MOST_MARKERS = 1800


def measurement_figure(contents: ReportContents) -> str:
    """Returns the SVG of the first recordings: a panel for each recording and each observed column."""
    recordings = contents.measurements[:MOST_RECORDINGS]
    columns = contents.observed_indices[:MOST_COLUMNS]
    panels = len(recordings) * len(columns)

    def draw(figure: Figure) -> None:
        axes = figure.subplots(len(columns), len(recordings), sharex="col", sharey="row", squeeze=False)
        for j, recording in enumerate(recordings):
            for i, index in enumerate(columns):
                ax = axes[i, j]
                for start, end in recording.held_out:
                    ax.axvspan(start, end, color=svg_figure.HELD_OUT_COLOUR, linewidth=0)
                times, values = thinned(recording.times, recording.values[:, i], max(_MOST_MARKERS // panels, 60))
                ax.plot(times, values, color=svg_figure.MEASURED_COLOUR, linewidth=0.5, alpha=0.5)
                ax.plot(times, values, **_POINTS)
                ax.margins(x=0.01)
                if j == 0:
                    label = svg_figure.name_over_unit(contents.state_names[index], contents.state_units[index])
                    ax.set_ylabel(label)
            axes[0, j].set_title(svg_figure.shown(recording.recording))
            axes[-1, j].set_xlabel(svg_figure.name_with_unit("time", contents.time_unit))
        figure.align_ylabels()
        handles: list = [Line2D([], [], **_POINTS, label="readings")]
        if any(recording.held_out for recording in recordings):
            handles.append(Patch(color=svg_figure.HELD_OUT_COLOUR, label="held out: no fit has seen this part"))
        legend_below(figure, handles)

    names = ", ".join(contents.state_names[index] for index in columns)
    description = f"Readings of {names} over time. The held-out part is shaded."
    return svg_figure.svg_figure("measurements", description, draw, height=0.85 + 1.35 * len(columns))


_POINTS: dict = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 1.9,
    "markeredgewidth": 0,
    "color": svg_figure.MEASURED_COLOUR,
}
