"""The tables of a report about the candidates, the learned quantities and the forecasts."""

import numpy as np

from hnn_tf.reports.figure_data import Forecast
from hnn_tf.reports.html_elements import Column, table, tagged, with_reason
from hnn_tf.reports.number_text import NONE, interval_texts, number_text
from hnn_tf.reports.report_contents import ReportContents


def candidate_table(contents: ReportContents) -> str:
    """Returns the table of the candidates in their order."""
    columns = [
        Column("candidate", "short"),
        Column("structure", "text"),
        Column("held-out error"),
        Column("log evidence"),
        Column("fit (s)"),
    ]
    rows, styles = [], []
    for candidate in contents.candidates:
        name = tagged(candidate.name, "chosen") if candidate.chosen else candidate.name
        numbers = [
            number_text(candidate.held_out_error, 2, trim=False),
            _evidence(candidate.log_evidence),
            number_text(candidate.seconds, 2, trim=False),
        ]
        words = with_reason(candidate.description, f"failed: {candidate.failed}") if candidate.failed else None
        rows.append([name, words or candidate.description, *numbers])
        styles.append("chosen" if candidate.chosen else "failed" if candidate.failed else "")
    caption = (
        "Candidates. The error is the mean squared error of held-out forecasts, in units of the columns' variance."
    )
    return table(caption, columns, rows, styles)


def physical_table(contents: ReportContents) -> str:
    """Returns the table of the learned quantities."""
    columns = [Column("quantity", "short"), Column("value"), Column("95 % interval"), Column("unit", "short")]
    rows = []
    for quantity in contents.physical:
        rows.append([quantity.name, *interval_texts(quantity.value, quantity.low, quantity.high), quantity.unit])
    return table("Learned quantities.", columns, rows)


def forecast_table(contents: ReportContents) -> str:
    """Returns the table of the errors of each forecast in each observed column."""
    unit = f" ({contents.time_unit})" if contents.time_unit else ""
    columns = [
        Column("recording", "short"),
        Column(f"length{unit}"),
        Column("column", "short"),
        Column("unit", "short"),
        Column("error (RMS)"),
        Column("error / standard deviation"),
        Column("readings in the 90 % band"),
    ]
    rows = []
    for forecast in contents.forecasts:
        length = number_text(float(forecast.times[-1] - forecast.times[0]), 3)
        for place, index in enumerate(contents.observed_indices):
            first = [forecast.recording, length] if place == 0 else ["", ""]
            names = [contents.state_names[index], contents.state_units[index]]
            rows.append([*first, *names, *_errors(forecast, place, index)])
    return table("Errors of the forecasts at the held-out readings.", columns, rows)


def _errors(forecast: Forecast, column: int, index: int) -> list[str]:
    measured, predicted = forecast.measured[:, column], forecast.predicted[:, index]
    known = np.isfinite(measured)
    if not known.any():
        return [NONE, NONE, NONE]
    with np.errstate(over="ignore"):
        error = float(np.sqrt(np.mean((predicted[known] - measured[known]) ** 2)))
    std = float(np.std(measured[known]))
    shown = number_text(error, 2, trim=False), number_text(error / std, 2, trim=False) if std else NONE
    if not np.isfinite(error):
        shown = "diverges", "diverges"
    inside = NONE
    if forecast.low is not None and forecast.high is not None:
        within = (measured >= forecast.low[:, index]) & (measured <= forecast.high[:, index])
        inside = f"{100.0 * float(np.mean(within[known])):.0f} %"
    return [*shown, inside]


def _evidence(value: float | None) -> str:
    # Differences of one matter, however large the number is.
    return NONE if value is None or not np.isfinite(value) else number_text(float(f"{value:.1f}"), 7)
