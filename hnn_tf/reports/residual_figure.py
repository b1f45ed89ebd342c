"""The figure of the residuals and their autocorrelation."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hnn_tf.reports import svg_figure
from hnn_tf.reports.figure_data import Residuals
from hnn_tf.reports.report_contents import ReportContents
from hnn_tf.reports.thinning import thinned

MOST = 6
_MOST_MARKERS = 900
_BAND: dict = {"color": svg_figure.MODEL_COLOUR, "alpha": 0.14, "linewidth": 0}


def residual_figure(contents: ReportContents) -> str:
    """Returns the SVG with a row for each observed column: the residuals over time, and their autocorrelation."""
    residuals = contents.residuals[:MOST]

    def draw(figure: Figure) -> None:
        axes = figure.subplots(len(residuals), 2, sharex="col", squeeze=False, width_ratios=[1.7, 1.0])
        for row, part in zip(axes, residuals, strict=True):
            _over_time(row[0], part, _MOST_MARKERS // len(residuals))
            _autocorrelation(row[1], part)
        axes[0, 0].set_title("Residuals (± one standard deviation)")
        axes[0, 1].set_title("Autocorrelation (95 % band)")
        axes[-1, 0].set_xlabel(svg_figure.name_with_unit("time", contents.time_unit))
        axes[-1, 1].set_xlabel("lag (readings)")
        figure.align_ylabels()

    names = ", ".join(part.column for part in residuals)
    description = f"Residuals of {names} over time, and their autocorrelation with the band of white noise."
    return svg_figure.svg_figure("residuals", description, draw, height=0.6 + 1.4 * len(residuals))


def _over_time(ax: Axes, part: Residuals, markers: int) -> None:
    if np.isfinite(part.std):
        ax.axhspan(-part.std, part.std, **_BAND)
    ax.axhline(0.0, color="#444444", linewidth=0.7)
    times, values = thinned(part.times, part.values, markers)
    look: dict = {"linestyle": "none", "marker": "o", "markersize": 1.9, "markeredgewidth": 0}
    ax.plot(times, values, **look, color=svg_figure.MEASURED_COLOUR)
    ax.set_ylabel(svg_figure.name_over_unit(part.column, part.unit))
    ax.margins(x=0.01)


def _autocorrelation(ax: Axes, part: Residuals) -> None:
    values = np.asarray(part.autocorrelation, np.float64)[:21]
    lags = np.arange(len(values))
    ax.axhspan(-part.band, part.band, **_BAND)
    ax.axhline(0.0, color="#444444", linewidth=0.7)
    # The autocorrelation at lag 0 is always 1, and would hide the others.
    outside = np.abs(values[1:]) > part.band
    colours = np.where(outside, svg_figure.OTHER_COLOUR, svg_figure.MODEL_COLOUR)
    ax.vlines(lags[1:], 0.0, values[1:], colors=list(colours), linewidth=2.0)
    reach = 1.15 * max(float(np.nanmax(np.abs([*values[1:], 2.0 * part.band, 0.1]))), 0.1)
    ax.set_ylim(-reach, reach)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
