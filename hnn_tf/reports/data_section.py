"""The section of a report about the data."""

from collections.abc import Mapping
from typing import Any

from hnn_tf.reports.html_elements import Column, table
from hnn_tf.reports.number_text import count_text, number_text, with_unit
from hnn_tf.reports.report_contents import ReportContents


def data_sentences(contents: ReportContents) -> str:
    """Returns sentences about what was measured and what was not."""
    names = contents.state_names
    observed = [names[index] for index in contents.observed_indices]
    hidden = [name for name, seen in zip(names, contents.observed, strict=True) if not seen]
    recordings = contents.data.get("recordings") or ()
    sentences = []
    if recordings:
        readings = sum(recording.get("readings") or 0 for recording in recordings)
        sentences.append(
            f"The data have {count_text(readings, 'reading')} in {count_text(len(recordings), 'recording')}."
        )
    one = {"momenta": "one momentum", "velocities": "one velocity"}.get(contents.second_half, contents.second_half)
    half = f"{len(names) // 2} positions and as many {contents.second_half}"
    sentences.append(f"The state has {half if len(names) > 2 else f'one position and {one}'}.")
    sentences.append(f"{_listed(observed)} measured.")
    if hidden:
        them = "it" if len(hidden) == 1 else "them"
        sentences.append(f"{_listed(hidden)} not measured, and the model infers {them} from the motion.")
    period = contents.data.get("period")
    if period:
        length = with_unit(number_text(period), contents.time_unit)
        sentences.append(f"The period of the motion is about {length}.")
        if contents.data.get("readings_per_period"):
            sentences.append(f"Each period has about {number_text(contents.data['readings_per_period'], 3)} readings.")
    return " ".join(sentences)


def column_table(contents: ReportContents) -> str:
    """Returns the table of the columns."""
    columns = [
        Column("column", "short"),
        Column("role", "short"),
        Column("unit", "short"),
        Column("least"),
        Column("largest"),
        Column("standard deviation"),
        Column("noise"),
        Column("noise (%)"),
        Column("resolution"),
        Column("missing"),
    ]
    rows = [
        [
            *(_text(column, key) for key in ("name", "role", "unit")),
            *(_number(column, key) for key in ("least", "largest", "std")),
            *(_number(column, key, 2, trim=False) for key in ("noise_level", "noise_percent")),
            *(_number(column, key) for key in ("resolution", "missing")),
        ]
        for column in contents.data.get("columns") or ()
    ]
    caption = "Columns. The noise is the estimated standard deviation of one reading,"
    caption += " also in % of the standard deviation of the column."
    return table(caption, columns, rows)


def recording_table(contents: ReportContents) -> str:
    """Returns the table of the recordings."""
    unit = f" ({contents.time_unit})" if contents.time_unit else ""
    columns = [
        Column("recording", "short"),
        Column("parts"),
        Column("readings"),
        Column(f"duration{unit}"),
        Column(f"median interval{unit}"),
        Column(f"least{unit}"),
        Column(f"largest{unit}"),
        Column("gaps"),
        Column("periods"),
        Column("missing"),
        Column("duplicates"),
        Column("outliers"),
    ]
    rows = [
        [
            _text(recording, "name"),
            *(_number(recording, key) for key in ("parts", "readings", "duration")),
            *(_number(recording, key, 3) for key in ("median_interval", "least_interval", "largest_interval")),
            _number(recording, "gaps"),
            _number(recording, "periods", 3),
            *(_number(recording, key) for key in ("missing", "duplicates", "outliers")),
        ]
        for recording in contents.data.get("recordings") or ()
    ]
    return table("Recordings. The intervals are the times between neighbouring readings.", columns, rows)


def file_table(contents: ReportContents) -> str:
    """Returns the table of the files with their SHA-256."""
    columns = [Column("file", "short"), Column("rows"), Column("SHA-256", "hash")]
    rows = [
        [_text(file, "name"), _number(file, "rows"), _text(file, "sha256")] for file in contents.data.get("files") or ()
    ]
    return table("Files. The SHA-256 identifies the bytes of each file.", columns, rows)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "–" if value is None else str(value)


def _number(row: Mapping[str, Any], key: str, digits: int = 4, *, trim: bool = True) -> str:
    value = row.get(key)
    # The number of missing readings may be given for each column.
    if isinstance(value, Mapping):
        value = sum(value.values())
    elif isinstance(value, list | tuple):
        value = len(value)
    return number_text(value, digits, trim=trim)


def _listed(names: list[str]) -> str:
    """Returns the subject and verb of a sentence about coordinates."""
    if not names:
        return "No coordinate was"
    if len(names) == 1:
        return f"The coordinate {names[0]} was"
    return f"The coordinates {', '.join(names[:-1])} and {names[-1]} were"
