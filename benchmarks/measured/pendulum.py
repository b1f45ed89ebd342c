"""The runs of trainers.own_data on the measured pendulum, and the table and the pictures of docs/own_data.md."""

import json
import pathlib
import subprocess
import sys
from typing import Any

import numpy as np
from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import IMAGES, RESULTS, ROOT
from benchmarks.documents.markdown_tables import number, table
from benchmarks.measured.report_pictures import draw_figures
from benchmarks.trainings.run_folder import runs_folder
from hnn_tf.commands import command_line
from hnn_tf.data.schmidt_lipson import read_pendulum_record
from hnn_tf.input_error import InputError
from hnn_tf.training_failed import TrainingFailedError

RUNS = {"angle": [], "velocity": ["--velocities=omega"]}
"""The flags of each run, besides those of all runs."""

PICTURES = {1: "readings", 2: "models", 3: "energy", 4: "forecast", 5: "energy_in_time", 6: "residuals"}
"""The names of the pictures, by the number of the report's figure."""

_TITLES = {"angle": "angle alone", "velocity": "angle and velocity"}


def main() -> None:
    """Runs the trainer, and writes the results, the table and the pictures."""
    settings = flags.FLAGS
    folder = runs_folder(settings.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    results = {name: _run(folder, name, settings.data_path) for name in RUNS}
    text = section(results)
    if settings.update_docs:
        (RESULTS / "measured_pendulum.json").write_text(json.dumps(results, indent=1, allow_nan=False) + "\n")
        doc_section.replace(doc_section.OWN_DATA, "measured_pendulum", text)
        doc_section.replace(doc_section.OWN_DATA, "measured_pendulum_words", words(results))
        if settings.browser:
            draw_figures(folder / "angle" / "report.html", IMAGES / "own_data", PICTURES, settings.browser)
    sys.stdout.write(text)


def _run(folder: pathlib.Path, name: str, data_path: str | None) -> dict[str, Any]:
    """Returns the metrics of a run, its sentences, and what was found in the readings."""
    record = read_pendulum_record(data_path)
    columns = {"t": record.times, "theta": record.states[:, 0], "omega": record.states[:, 1]}
    if name == "angle":
        del columns["omega"]
    rows = np.stack(list(columns.values()), -1)
    path = folder / f"pendulum_{name}.csv"
    np.savetxt(path, rows, delimiter=",", header=",".join(columns), comments="", fmt="%.10g")
    run = folder / name
    command = [sys.executable, "-m", "trainers.own_data", f"--data_path={path.resolve()}", "--time=t"]
    command += ["--positions=theta", "--angles=theta", "--units=t=s", f"--output_dir={run.resolve()}", *RUNS[name]]
    if not (run / "metrics.json").exists():
        done = subprocess.run([*command, "--export", "--resume"], cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode == command_line.EXIT_BAD_INPUT:
            raise InputError(done.stderr.strip().removeprefix("error: "))
        if done.returncode:
            raise TrainingFailedError(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")
    found, data = (json.loads((run / f"{each}.json").read_text()) for each in ("metrics", "data_report"))
    noises = {column: each["noise"] for column, each in data["columns"].items() if "noise" in each}
    kept = ("model", "metrics", "comparison", "explanation", "warnings", "fit_seconds", "versions")
    return {each: found[each] for each in kept} | {
        "noise": noises,
        "period": data["period"],
        "readings_per_period": data["readings_per_period"],
        "data_warnings": data["warnings"],
    }


def section(results: dict[str, Any]) -> str:
    """Returns the table of the runs."""
    rows = [["", *(_TITLES[name] for name in results)]]
    metrics = [of["metrics"] for of in results.values()]
    rows.append(["chosen model", *(f"`{of['model']}`" for of in results.values())])
    for name, title in (
        ("held_out_coordinate_mse", "squared error of the forecast, in units of the columns' variance"),
        ("baseline_coordinate_mse", "the same of a network without an energy"),
        ("noise_coordinate_mse", "the same of the noise alone"),
        ("band_coverage", "share of the held-out readings in the 90 % band"),
    ):
        rows.append([title, *(number(of[name]) if name in of else "" for of in metrics)])
    rows.append(["friction, 1/s", *(_friction(of) for of in metrics)])
    return table(rows, labels=1)


def words(results: dict[str, Any]) -> str:
    """Returns what the run with the angle alone says at its end, as quoted lines."""
    found = results["angle"]
    return "".join(f"> {line}\n>\n" for line in (*found["explanation"], *found["warnings"])).removesuffix(">\n")


def _friction(metrics: dict[str, Any]) -> str:
    if "friction_interval" not in metrics:
        return f"{metrics['friction']:.4f}" if "friction" in metrics else ""
    low, high = metrics["friction_interval"]
    return f"{metrics['friction']:.4f} ({low:.4f} – {high:.4f})"
