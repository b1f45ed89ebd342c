"""The figure of forecasts against held-out readings."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from hnn_tf.figures.canvas import legend_below
from hnn_tf.figures.limits import axis_limits, clip_near, line_near
from hnn_tf.reports import svg_figure
from hnn_tf.reports.figure_data import Forecast
from hnn_tf.reports.report_contents import ReportContents
from hnn_tf.reports.thinning import thinned, thinned_band

MOST_RECORDINGS = 3
MOST_COORDINATES = 8
_MOST_PANELS = 12
_MOST_MARKERS = 900
_BAND: dict = {"color": svg_figure.MODEL_COLOUR, "alpha": 0.22, "linewidth": 0}
_LINE: dict = {"color": svg_figure.MODEL_COLOUR, "linewidth": 1.1}


def forecast_figure(contents: ReportContents) -> str:
    """Returns the SVG of the first forecasts: a panel for each recording and each coordinate of the state."""
    coordinates = range(min(len(contents.state_names), MOST_COORDINATES))
    forecasts = contents.forecasts[: recordings_shown(contents)]
    panels = len(forecasts) * len(coordinates)

    limits = [_limits(contents, forecasts, index) for index in coordinates]

    def draw(figure: Figure) -> None:
        axes = figure.subplots(len(coordinates), len(forecasts), sharex="col", sharey="row", squeeze=False)
        for j, forecast in enumerate(forecasts):
            for index in coordinates:
                _panel(axes[index, j], contents, forecast, index, limits[index], panels)
            axes[0, j].set_title(svg_figure.shown(forecast.recording))
            axes[-1, j].set_xlabel(svg_figure.name_with_unit("time", contents.time_unit))
        for index in coordinates:
            label = svg_figure.name_over_unit(contents.state_names[index], contents.state_units[index])
            axes[index, 0].set_ylabel(label)
            axes[index, 0].set_ylim(*limits[index])
        figure.align_ylabels()
        legend_below(figure, _handles(forecasts))

    names = ", ".join(forecast.recording for forecast in forecasts)
    description = f"Forecasts of the held-out readings of {names}, with the readings as points."
    return svg_figure.svg_figure("forecasts", description, draw, height=0.85 + 1.35 * len(coordinates))


def recordings_shown(contents: ReportContents) -> int:
    """Returns the number of recordings for which the figure has room."""
    room = max(_MOST_PANELS // max(min(len(contents.state_names), MOST_COORDINATES), 1), 1)
    return min(len(contents.forecasts), MOST_RECORDINGS, room)


def _panel(
    ax: Axes, contents: ReportContents, forecast: Forecast, index: int, limits: tuple[float, float], panels: int
) -> None:
    ax.axvspan(forecast.times[0], forecast.times[-1], color=svg_figure.HELD_OUT_COLOUR, linewidth=0)
    if forecast.low is not None and forecast.high is not None:
        low, high = clip_near(forecast.low[:, index], limits), clip_near(forecast.high[:, index], limits)
        band = thinned_band(forecast.times, low, high, int(np.clip(1200 // panels, 80, 300)))
        ax.fill_between(*band, **_BAND, zorder=2)
    line = line_near(forecast.predicted[:, index], limits)
    ax.plot(*thinned(forecast.times, line, int(np.clip(2400 // panels, 150, 600))), **_LINE, zorder=5)
    markers = max(_MOST_MARKERS // (2 * panels), 40)
    if index in contents.observed_indices:
        column = contents.observed_indices.index(index)
        ax.plot(*_points(forecast.context_times, forecast.context_values[:, column], markers), **_CONTEXT, zorder=4)
        ax.plot(*_points(forecast.times, forecast.measured[:, column], markers), **_MEASURED, zorder=4)
    else:
        ax.text(0.01, 0.96, "not measured", transform=ax.transAxes, va="top", size=7.5, color="#666666")
    # Where only the forecast exists, the axis still begins with the readings before it.
    ax.set_xlim(*axis_limits([np.asarray(forecast.context_times), np.asarray(forecast.times)], margin=0.01))


def _points(times: np.ndarray, values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    known = np.isfinite(values)
    return thinned(np.asarray(times)[known], np.asarray(values)[known], most)


def _limits(contents: ReportContents, forecasts: Sequence[Forecast], index: int) -> tuple[float, float]:
    """Returns limits that show all readings. A prediction or band that leaves them far is cut off."""
    readings = []
    if index in contents.observed_indices:
        column = contents.observed_indices.index(index)
        readings = [part[:, column] for f in forecasts for part in (f.context_values, f.measured)]
    lines = [part[:, index] for f in forecasts for part in (f.predicted, f.low, f.high) if part is not None]
    return axis_limits(readings, lines, stretch=0.5)


def _handles(forecasts: Sequence[Forecast]) -> list:
    handles: list = [
        Line2D([], [], **_CONTEXT, label="readings before the forecast"),
        Line2D([], [], **_MEASURED, label="held-out readings"),
        Line2D([], [], **_LINE, label="forecast"),
    ]
    if any(forecast.low is not None for forecast in forecasts):
        handles.append(Patch(**_BAND, label="90 % band"))
    return handles


_CONTEXT: dict = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 2.2,
    "markeredgewidth": 0,
    "color": svg_figure.CONTEXT_COLOUR,
}
_MEASURED: dict = _CONTEXT | {"color": svg_figure.MEASURED_COLOUR, "markersize": 2.8}
