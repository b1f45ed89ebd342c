"""The page of a report."""

from collections.abc import Callable, Mapping
from typing import Any

from hnn_tf.reports import html_elements as elements
from hnn_tf.reports.candidate_figure import candidate_figure, drawable
from hnn_tf.reports.data_section import column_table, data_sentences, file_table, recording_table
from hnn_tf.reports.energy_plane_figure import energy_plane_figure
from hnn_tf.reports.energy_slice_figure import energy_slice_figure
from hnn_tf.reports.energy_time_figure import energy_time_figure
from hnn_tf.reports.figure_data import EnergyPlane
from hnn_tf.reports.forecast_figure import MOST_COORDINATES, forecast_figure, recordings_shown
from hnn_tf.reports.measurement_figure import MOST_COLUMNS, MOST_RECORDINGS, measurement_figure
from hnn_tf.reports.model_sections import candidate_table, forecast_table, physical_table
from hnn_tf.reports.number_text import count_text, number_text
from hnn_tf.reports.page_style import STYLE
from hnn_tf.reports.report_contents import ReportContents
from hnn_tf.reports.residual_figure import residual_figure

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The browser asks no other file or machine for anything, and runs no script, whatever a name contains."""


def report_html(contents: ReportContents) -> str:
    """Returns a whole page in one text, which needs no other file, no script and no network.

    Args:
      contents: What the page shows.

    Returns:
      An HTML document.
    """
    numbered = _Numbered()
    sections = {
        "measured": ("What was measured", _measured(contents, numbered)),
        "tried": ("What was tried", _tried(contents, numbered)),
        "learned": ("What was learned", _learned(contents, numbered)),
        "prediction": ("How well it predicts", _prediction(contents, numbered)),
        "warnings": ("Warnings", _warnings(contents)),
        "use": ("How to use it", "".join(elements.code(*pair) for pair in contents.use_commands)),
        "repeat": ("How to repeat it", _repeat(contents)),
    }
    sections = {name: section for name, section in sections.items() if section[1]}
    links = "".join(f'<li><a href="#{name}">{heading}</a></li>' for name, (heading, _) in sections.items())
    body = "".join(elements.section(name, heading, content) for name, (heading, content) in sections.items())
    title = elements.escaped(contents.title)
    lead = elements.paragraph(" ".join(contents.explanation), "lead")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body><header><h1>{title}</h1>{lead}"
        f'{elements.facts(_facts(contents))}<nav aria-label="Contents"><ol>{links}</ol></nav></header>\n'
        f"<main>{body}</main>\n</body></html>\n"
    )


class _Numbered:
    """Figures in the order of the page."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, draw: Callable[[], str], caption: str) -> str:
        self._count += 1
        return elements.figure(self._count, draw(), caption)


def _facts(contents: ReportContents) -> list[tuple[str, str]]:
    facts = []
    recordings = contents.data.get("recordings") or ()
    if recordings:
        readings = sum(recording.get("readings") or 0 for recording in recordings)
        facts.append(("data", f"{count_text(readings, 'reading')}, {count_text(len(recordings), 'recording')}"))
    if contents.chosen:
        facts.append(("chosen model", contents.chosen.name))
        if contents.final_error is not None:
            facts.append(("held-out error / variance", number_text(contents.final_error, 2)))
    facts.append(("warnings", number_text(len(_all_warnings(contents)))))
    return facts


def _measured(contents: ReportContents, numbered: _Numbered) -> str:
    parts = [elements.paragraph(data_sentences(contents)), column_table(contents)]
    if contents.measurements and contents.observed_indices:
        caption = "The points are the readings."
        if any(part.held_out for part in contents.measurements):
            caption += " The forecasts below are compared with the readings in the shaded part."
        caption += _selection(len(contents.measurements), "recordings", MOST_RECORDINGS)
        caption += _selection(len(contents.observed_indices), "columns", MOST_COLUMNS)
        parts.append(numbered(lambda: measurement_figure(contents), caption))
    return "".join([*parts, recording_table(contents), file_table(contents)])


def _tried(contents: ReportContents, numbered: _Numbered) -> str:
    parts = [candidate_table(contents)]
    if len(drawable(contents)) > 1:
        caption = "A point further left is a better forecast. The axis is logarithmic."
        if contents.noise_floor:
            caption += " No model can be better than the dashed line, because the readings themselves have this noise."
        parts.append(numbered(lambda: candidate_figure(contents), caption))
    return "".join(parts)


def _learned(contents: ReportContents, numbered: _Numbered) -> str:
    grid = contents.energy_grid
    parts = [physical_table(contents)]
    if isinstance(grid, EnergyPlane):
        caption = "The colours and white lines show the learned energy H. The arrows show the motion."
        caption += (
            " They cross the lines towards lower energy, because the motion loses energy."
            if grid.friction
            else " They follow the lines, because the motion keeps the energy."
        )
        caption += " Outside the dashed line, the model has seen no data, and H is a guess."
        parts.append(numbered(lambda: energy_plane_figure(contents, grid), caption))
    elif grid:
        caption = "Each panel shows the learned energy along one coordinate. The other coordinates are at their means."
        caption += " Outside the shaded range, the model has seen no data, and the energy is a guess."
        parts.append(numbered(lambda: energy_slice_figure(contents, grid), caption))
    return "".join(parts)


def _prediction(contents: ReportContents, numbered: _Numbered) -> str:
    parts = [forecast_table(contents)]
    if contents.forecasts:
        caption = "The forecast starts from the grey readings and has not seen the black ones."
        if any(forecast.low is not None for forecast in contents.forecasts):
            caption += " If the model is right, 90 % of the black readings are in the blue band."
        caption += _selection(len(contents.forecasts), "recordings", recordings_shown(contents))
        caption += _selection(len(contents.state_names), "coordinates", MOST_COORDINATES)
        parts.append(numbered(lambda: forecast_figure(contents), caption))
        caption = "The line is the learned energy along the forecast."
        if any(forecast.measured_energy is not None for forecast in contents.forecasts):
            caption += " The points are the learned energy at the readings, and scatter with the noise of the readings."
        parts.append(numbered(lambda: energy_time_figure(contents), caption))
    if contents.residuals:
        caption = "A residual is a reading minus the model's value. White residuals are noise:"
        caption += " they have no trend, and about 19 of 20 bars stay in the band. Bars outside the band are orange."
        parts.append(numbered(lambda: residual_figure(contents), caption))
        parts.append(elements.paragraph(" ".join(part.verdict for part in contents.residuals)))
    return "".join(parts)


def _all_warnings(contents: ReportContents) -> list[str]:
    return [*(contents.data.get("warnings") or ()), *contents.warnings]


def _warnings(contents: ReportContents) -> str:
    if not _all_warnings(contents):
        return elements.paragraph("The run found nothing to warn of.")
    parts = []
    for heading, sentences in (("About the data", contents.data.get("warnings")), ("About the fit", contents.warnings)):
        if sentences:
            parts += [f"<h3>{heading}</h3>", elements.warning_list(sentences)]
    return "".join(parts)


def _repeat(contents: ReportContents) -> str:
    commands = "".join(elements.code(*pair) for pair in contents.repeat_commands)
    tables = []
    for caption, names, kind in (
        ("Settings of the run.", contents.settings, "text"),
        ("Versions of the software.", contents.versions, "short"),
        ("Files of the run, with their SHA-256.", contents.hashes, "hash"),
    ):
        columns = [elements.Column("name", "short"), elements.Column("value", kind)]
        tables.append(elements.table(caption, columns, [(name, _value(value)) for name, value in names.items()]))
    return commands + elements.side_by_side(*tables)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_value(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    return str(value) if isinstance(value, str) else number_text(value, 6)


def _selection(count: int, what: str, shown: int) -> str:
    return f" The figure shows the first {shown} of {count} {what}." if count > shown else ""
