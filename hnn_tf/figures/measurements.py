"""A figure of measurements: the readings, their intervals and their noise."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from hnn_tf.data.measured.smooth_column import SmoothColumn, smooth_column
from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings
from hnn_tf.figures import style
from hnn_tf.figures.canvas import legend_below, png_figure
from hnn_tf.figures.limits import axis_limits

MOST_RECORDINGS = 3
"""The largest number of recordings in the figure. If there are more, the first are shown."""

MOST_COLUMNS = 6
"""The largest number of columns in the figure."""

MOST_READINGS = 1000
"""The largest number of readings of a recording in the figure, from its beginning."""

_COLOURS = ("#0072b2", "#e69f00", "#009e73")
_OUTLIER_COLOUR = "#d55e00"
_GAP_COLOUR = "#e4e4e4"
_LEAST_READINGS = 8


def draw_measurements(path: str | os.PathLike, *, recordings: Recordings, report: Mapping[str, Any]) -> None:
    """Draws the readings of each observed column over time on the left, and their residuals on the right.

    Residuals are readings minus the smoothing spline through them. In the last row are the intervals between the
    readings, and the distribution of the residuals. Gaps are grey, and readings that were taken for outliers are
    crosses.

    Args:
      path: The PNG file to write.
      recordings: The recordings of `hnn_tf.data.measured.prepared`.
      report: Its report.
    """
    names = list(dict.fromkeys(recording.name for recording in recordings))[:MOST_RECORDINGS]
    shown = {name: _first_readings([each for each in recordings if each.name == name]) for name in names}
    columns = [index for index in range(recordings.width) if _is_observed(recordings, index)][:MOST_COLUMNS]
    found = {each["name"]: each for each in report["recordings"]}
    with png_figure(path, height=max(3.2, 1.6 * (len(columns) + 1) + 0.4)) as figure:
        axes = figure.subplots(len(columns) + 1, 2, squeeze=False)
        for ax in axes[1 : len(columns), :].flat:
            ax.sharex(axes[0, 0])
        residuals: list[np.ndarray] = []
        for row, index in enumerate(columns):
            residuals.append(_draw_column(axes[row], recordings, shown, found, index))
        _draw_intervals(axes[-1, 0], shown, recordings.time_unit)
        _draw_distribution(axes[-1, 1], residuals)
        for ax in [*axes[:-1, 0], *axes[:-1, 1]]:
            ax.set(xlim=_time_limits(shown))
        for ax in (*axes[-2], axes[-1, 0]):
            ax.set(xlabel=style.axis_label("time", recordings.time_unit))
        legend_below(figure, *_legend(axes[:, 0]))


def _first_readings(parts: list[Recording]) -> list[Recording]:
    first, left = [], MOST_READINGS
    for part in parts:
        if left > 1:
            first.append(part.between(0, left))
        left -= len(part)
    return first


def _is_observed(recordings: Recordings, index: int) -> bool:
    return any(each.observed is None or each.observed[:, index].any() for each in recordings)


def _draw_column(
    axes: np.ndarray,
    recordings: Recordings,
    shown: Mapping[str, list[Recording]],
    found: Mapping[str, Any],
    index: int,
) -> np.ndarray:
    """Draws a column and its residuals, and returns the residuals in % of the column's spread."""
    name = recordings.state_names[index] if recordings.state_names else f"{index}"
    unit = recordings.state_units[index] if recordings.state_units else ""
    label = style.axis_label(name, unit)
    parts = [
        (run, colour, part)
        for (run, all_parts), colour in zip(shown.items(), _COLOURS, strict=False)
        for part in all_parts
    ]
    values_of = [_observed_values(part, index) for _, _, part in parts]
    spread = float(np.nanstd(np.concatenate(values_of))) or 1.0
    all_residuals = []
    for (run, colour, part), values in zip(parts, values_of, strict=True):
        axes[0].plot(part.times, values, ".", color=colour, markersize=2.5, label=run)
        if np.isfinite(values).sum() >= _LEAST_READINGS:
            smooth: SmoothColumn = smooth_column(part.times, values)
            residuals = 100 * (values - smooth.values) / spread
            axes[1].plot(part.times, residuals, ".", color=colour, markersize=2.5)
            all_residuals.append(residuals[np.isfinite(residuals)])
    limits = axis_limits(values_of)
    until = _time_limits(shown)[1]
    for run in shown:
        outliers = [each for each in found[run]["outliers"] if each["column"] == name and each["time"] <= until]
        if outliers:
            at = [each["time"] for each in outliers]
            heights = np.clip([each["value"] for each in outliers], *limits)
            axes[0].plot(at, heights, "x", color=_OUTLIER_COLOUR, markersize=6, label="outliers", clip_on=False)
        for start, stop in found[run]["gaps"]:
            for ax in axes:
                ax.axvspan(start, stop, color=_GAP_COLOUR, linewidth=0, zorder=0, label="gaps")
    axes[0].set(ylabel=label, ylim=limits)
    axes[1].axhline(0.0, color=style.DATA_COLOUR, linewidth=0.6, zorder=1)
    residuals = np.concatenate([np.empty(0), *all_residuals])
    axes[1].set(ylabel=f"{style.axis_label(name, '')} residual (%)", ylim=axis_limits([residuals], margin=0.1))
    return residuals


def _observed_values(part: Recording, index: int) -> np.ndarray:
    values = part.states[:, index]
    return values if part.observed is None else np.where(part.observed[:, index], values, np.nan)


def _draw_intervals(ax: Axes, shown: Mapping[str, list[Recording]], unit: str) -> None:
    for parts, colour in zip(shown.values(), _COLOURS, strict=False):
        for part in parts:
            ax.plot(part.times[1:], np.diff(part.times), ".", color=colour, markersize=2.5)
    intervals = np.concatenate([np.diff(part.times) for parts in shown.values() for part in parts])
    low, high = axis_limits([intervals])
    ax.set(ylabel=style.axis_label("interval", unit), xlim=_time_limits(shown), ylim=(min(0.0, low), high))


def _draw_distribution(ax: Axes, residuals: list[np.ndarray]) -> None:
    values = np.concatenate(residuals)
    limit = float(np.percentile(np.abs(values), 99.5)) if len(values) else 1.0
    limit = limit or 1.0
    ax.hist(np.clip(values, -limit, limit), bins=40, color=style.DATA_COLOUR)
    ax.set(xlabel="residual (% of the column's spread)", ylabel="readings", xlim=(-limit, limit))


def _time_limits(shown: Mapping[str, list[Recording]]) -> tuple[float, float]:
    return axis_limits([part.times for parts in shown.values() for part in parts], margin=0.02)


def _legend(axes: np.ndarray) -> tuple[list[Any], list[str]]:
    handles: dict[str, Any] = {}
    for ax in axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    return list(handles.values()), list(handles)
