"""The figure of the learned energy over time."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hnn_tf.figures.canvas import legend_below
from hnn_tf.figures.limits import axis_limits, line_near
from hnn_tf.reports import svg_figure
from hnn_tf.reports.forecast_figure import MOST_RECORDINGS
from hnn_tf.reports.report_contents import ReportContents
from hnn_tf.reports.thinning import thinned

_MOST_MARKERS = 600
_LINE: dict = {"color": svg_figure.MODEL_COLOUR, "linewidth": 1.6}
_POINTS: dict = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 2.0,
    "markeredgewidth": 0,
    "color": svg_figure.MEASURED_COLOUR,
}


def energy_time_figure(contents: ReportContents) -> str:
    """Returns the SVG of H along the first forecasts, and at the readings where the whole state was measured."""
    forecasts = contents.forecasts[:MOST_RECORDINGS]
    measured = [forecast.measured_energy for forecast in forecasts if forecast.measured_energy is not None]
    energies = [forecast.energy for forecast in forecasts]
    # The readings determine the axis, so that a forecast that diverges does not.
    limits = axis_limits(measured, energies, stretch=0.5) if measured else axis_limits([], energies)

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(forecasts), sharey=True, squeeze=False)[0]
        for ax, forecast in zip(axes, forecasts, strict=True):
            if forecast.measured_energy is not None:
                points = thinned(forecast.times, forecast.measured_energy, _MOST_MARKERS // len(forecasts))
                ax.plot(*points, **_POINTS, alpha=0.6)
            ax.plot(*thinned(forecast.times, line_near(forecast.energy, limits), 400), **_LINE, zorder=3)
            ax.set_title(svg_figure.shown(forecast.recording))
            ax.set_xlabel(svg_figure.name_with_unit("time", contents.time_unit))
            ax.margins(x=0.01)
        axes[0].set_ylabel(svg_figure.name_with_unit("learned energy H", contents.energy_unit))
        axes[0].set_ylim(*limits)
        handles = [Line2D([], [], **_LINE, label="along the forecast")]
        if measured:
            handles.append(Line2D([], [], **_POINTS, label="at the held-out readings"))
        legend_below(figure, handles)

    description = "Learned energy over time along the forecasts of the held-out readings."
    return svg_figure.svg_figure("energy", description, draw, height=2.5)
