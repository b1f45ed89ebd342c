"""The report of a run: `metrics.json`, and a table to read."""

import json
import os
import platform
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.data.frame_recordings import FrameRecordings
from hnn_tf.data.recordings import Recordings
from hnn_tf.evaluation.published_results import PUBLISHED_RESULTS
from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.version import __version__


def write_metrics(path: str | os.PathLike, document: dict[str, Any]) -> None:
    """Writes the document of a run as JSON, with the versions of the software that made it.

    Raises:
      ValueError: If a number is not finite, because JSON has no such numbers.
    """
    with atomic_file(path) as temporary:
        temporary.write_text(as_json(document | {"versions": versions()}))


def as_json(document: dict[str, Any]) -> str:
    """Returns a document as the text of a JSON file.

    Raises:
      ValueError: If a number is not finite, because JSON has no such numbers.
    """
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def input_entry(recordings: Recordings | FrameRecordings) -> dict[str, Any] | None:
    """Returns the entry `inputs` of a run's document: names, units and interpolation; None if there are no inputs."""
    if not isinstance(recordings, Recordings) or not recordings.num_inputs:
        return None
    return {
        "names": list(recordings.input_names),
        "units": list(recordings.input_units),
        "interpolation": recordings.input_interpolation,
    }


def versions() -> dict[str, str]:
    """Returns the versions of this package and of the packages that its numbers depend on."""
    return {
        "hnn_tf": __version__,
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


def format_table(document: dict[str, Any]) -> str:
    """Formats a run's metrics as a table: this model, the models for comparison, and the paper's numbers.

    The paper's numbers are shown only if they measure the same quantity. For a model that was trained with the paper's
    objective, all numbers are shown under the paper protocol, and the losses under the clean protocol.
    """
    model = document["model"]
    columns = {model: document["metrics"]}
    parts = {label: part for label, part in document.items() if isinstance(part, dict)}
    columns |= {label: part["metrics"] for label, part in parts.items() if "metrics" in part}
    published = {
        name: values
        for name, values in PUBLISHED_RESULTS.get(document["task"], {}).items()
        if document["objective"] == "derivative"
        and (document["protocol"] == "paper" or name in ("train_loss", "test_loss"))
    }
    if published:
        for label in list(columns):
            columns[f"paper's {label}"] = {name: values[label] for name, values in published.items() if label in values}
    header = [f"{document['task']} ({document['protocol']} protocol)", *columns]
    rows = [[name, *(_number(column.get(name)) for column in columns.values())] for name in document["metrics"]]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [header, *rows]
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    if value is None or isinstance(value, int):  # a count of steps is not a measurement
        return "" if value is None else str(value)
    return f"{value:.3e}"
