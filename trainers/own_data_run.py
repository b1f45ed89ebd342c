"""A run on own data: from files to a model, its report and its export."""

import dataclasses
import json
import pathlib
import shlex
import sys
from collections.abc import Mapping
from typing import Any

from absl import flags as absl_flags

from hnn_tf.commands import command_line, interruption
from hnn_tf.commands.printable_text import write_lines
from hnn_tf.data.measured.prepared import Prepared, prepared
from hnn_tf.data.measured.schema import Schema
from hnn_tf.data.tables import column_summary, guessed_roles
from hnn_tf.data.tables.reading import matching_files, read_table
from hnn_tf.export import json_file
from hnn_tf.export.saved_model import export_model
from hnn_tf.figures.measurements import draw_measurements
from hnn_tf.input_error import InputError, OptionError
from hnn_tf.options import described
from hnn_tf.own_data.fit_measurements import fit_measurements
from hnn_tf.own_data.fit_report import report_contents
from hnn_tf.own_data.measured_fit import MeasuredFit
from hnn_tf.reports import write_report
from trainers import run_folder
from trainers.own_data_options import OwnDataOptions
from trainers.trainer_options import given_values

MOST_ROWS = 1_000_000
"""The rows that are kept of larger tables, as stretches of neighbouring rows. No fit uses more."""


def main() -> None:
    """Runs with the flags of the command line; `command_line.run` describes how errors end."""
    flags = command_line.own_flags()
    options = OwnDataOptions(**given_values(OwnDataOptions, flags))
    if not options.data_path:
        raise OptionError("{data_path:only}: expected the files of the measurements", data_path=())
    folder = pathlib.Path(options.output_dir)
    interruption.on_interruption(lambda: f"nothing in {folder} was changed yet")
    paths = matching_files(options.data_path)
    # The default of a flag does not override the file.
    given = {name: value for name, value in flags.items() if absl_flags.FLAGS[name].present}
    roles = _of_file(options.schema) | given_values(Schema, given)
    if not roles.get("time") or not roles.get("positions"):
        _show_columns(paths)
    schema = Schema(**roles)
    labels = (schema.recording,) if schema.recording else ()
    table = read_table(paths, schema.number_columns(), labels, most_rows=MOST_ROWS)
    found = prepared(table, schema)
    if len(table) < table.num_rows:
        write_lines([f"{table.num_rows} rows in the files, of which {len(table)} are used, as even stretches"])
    _print_data(found.report)
    recorded = run_folder.flags_text(flags)
    ignored = [name for name, _, said in described(OwnDataOptions) if not said.of_the_model]
    with (
        run_folder.removed_after_bad_input(folder),
        run_folder.claim(folder, recorded, resume=options.resume, ignored=ignored) as lock,
    ):
        interruption.on_interruption(lambda: f"--resume continues {folder}, with the networks that are trained so far")
        fitted = fit_measurements(
            found.recordings,
            model=options.model,
            objective=options.objective,
            budget=options.budget,
            horizon=options.horizon,
            seed=options.seed,
            folder=folder / "checkpoints",
            progress=options.progress != "none",
            data_report=found.report,
        )
        lock.check()
        _write(folder, fitted, found, options, flags)
        if options.export and not (folder / "saved_model" / "1").exists():
            lock.check()
            run = json.loads((folder / "metrics.json").read_text()) | {"metrics": fitted.record()["metrics"]}
            export_model(fitted.model, folder / "saved_model", version=1, name="own_data", run=run)
    write_lines([*fitted.explanation, *fitted.warnings, f"report: {folder / 'report.html'}", f"all files: {folder}"])


def _of_file(path: str | None) -> dict[str, Any]:
    """Returns the roles in a JSON file, in which a list may also be a text with commas."""
    if path is None:
        return {}
    try:
        document = json_file.read(pathlib.Path(path), "a schema")
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; give a JSON file with the roles of the columns") from error
    if not isinstance(document, dict):
        raise InputError(f"{path}: expected a JSON object with the roles of the columns; received another value")
    kinds = {name: kind for name, kind, _ in described(Schema)}
    unknown = [name for name in document if name not in kinds]
    if unknown:
        raise InputError(f"{path}: expected the keys {', '.join(kinds)}; received {unknown[0]!r}; remove or rename it")
    found = {}
    for name, value in document.items():
        if kinds[name].is_tuple and isinstance(value, str):
            value = value.split(",")
        if kinds[name].is_tuple and isinstance(value, int | float) and not isinstance(value, bool):
            value = [value]
        if name == "units" and isinstance(value, dict):
            value = [f"{column}={unit}" for column, unit in value.items()]
        found[name] = tuple(value) if isinstance(value, list) else value
    return found


def _show_columns(paths: list[pathlib.Path]) -> None:
    """Prints the columns of the files and a guess at the flags, and ends the command.

    Raises:
      InputError: In every call.
    """
    summaries = column_summary.summarised(paths)
    guess = guessed_roles.guessed_flags(summaries)
    write_lines(guessed_roles.shown(summaries, guess))
    sys.stdout.flush()
    raise InputError(f"--time and --positions: expected the columns of time and positions; perhaps {guess}")


def _print_data(report: Mapping[str, Any]) -> None:
    recordings = report["recordings"]
    lines = [
        f"{len(recordings)} recordings, {sum(each['readings'] for each in recordings)} readings in "
        f"{sum(each['parts'] for each in recordings)} parts"
    ]
    if report.get("period") is not None:
        lines.append(f"period {report['period']:.4g}, {report['readings_per_period']:.3g} readings in a period")
    lines += [
        f"{name}: {each['least']:.4g} to {each['largest']:.4g} {each['unit']}".rstrip()
        + (f", noise {each['noise']:.2g}" if "noise" in each else "")
        for name, each in report["columns"].items()
    ]
    write_lines([*lines, *(f"data: {line}" for line in report["warnings"])])
    sys.stdout.flush()


def _write(
    folder: pathlib.Path, fitted: MeasuredFit, found: Prepared, options: OwnDataOptions, flags: Mapping[str, Any]
) -> None:
    fitted.save(folder)
    (folder / "figures").mkdir(exist_ok=True)
    draw_measurements(folder / "figures" / "measurements.png", recordings=found.recordings, report=found.report)
    command = " ".join(["python -m trainers.own_data", *map(shlex.quote, run_folder.flags_text(flags).split())])
    served = folder / "saved_model" / "1"
    state = ", ".join(f"{value:.4g}" for value in fitted.measurement.states[0][0])
    contents = report_contents(
        fitted,
        found.recordings,
        title=f"{', '.join(sorted({pathlib.Path(each['name']).name for each in found.report['files']}))}",
        settings={name: value for name, value in dataclasses.asdict(options).items() if value not in (None, (), "")},
        use_commands=[
            (
                "Load the model in Python",
                "import keras, hnn_tf, numpy as np, tensorflow as tf\n"
                f"model = keras.saving.load_model({str(folder / 'model.keras')!r})\n"
                f"path = hnn_tf.rollout_at_times(model, tf.constant([[{state}]]), times, "
                f"max_step_size={fitted.model.suggested_step_size:.3g})",
            ),
            (
                "Serve the model",
                f"python -m export --model_path={folder / 'model.keras'} --export_dir=served/own_data"
                if not options.export
                else f"served = tf.saved_model.load({str(served)!r})\n"
                f"served.signatures['rollout'](state=tf.constant([[{state}]]), times=tf.constant([times]))",
            ),
        ],
        repeat_commands=[("Repeat this run", command)],
        hashes={each["name"]: each["sha256"] for each in found.report["files"]},
    )
    write_report(folder / "report.html", contents)
