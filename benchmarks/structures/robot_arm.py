"""The robot arm's trainings over several seeds, and the tables of the results."""

import json
import math
import pathlib
import subprocess
import sys
from statistics import median
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from benchmarks.documents.markdown_tables import number, spread, table
from benchmarks.trainings.run_folder import code_digest, runs_folder
from hnn_tf.commands import command_line
from hnn_tf.input_error import InputError

NETWORK, CLOSED_FORM = "mechanical", "mechanical_features"
MODELS: dict[str, list[str]] = {
    NETWORK: [],
    CLOSED_FORM: ["--precision=float64", "--nocompare_baseline"],
}
"""The flags of each model, besides its name."""

NOISES = (0.0, 0.1)
"""The standard deviations of the noise on the torques of the training, in N m."""

PUBLISHED = {"torque_mse": 4.33e-4, "inertial_mse": 7.34e-4, "coriolis_mse": 2.23e-4, "gravity_mse": 7.34e-4}
"""The numbers of DeLaN in the README of github.com/milutter/deep_lagrangian_networks, on the same test characters."""

PUBLISHED_RATIO = 45
"""The acceleration error of their feed-forward network, divided by that of their structured HNN (arXiv:2110.01894)."""

MEASURED = {
    "torque_mse": "torque, (N m)²",
    "inertial_mse": "inertial part",
    "coriolis_mse": "Coriolis part",
    "gravity_mse": "gravity part",
    "acceleration_mse": "acceleration, (rad/s²)²",
}


def main() -> None:
    """Runs missing trainings, and writes `docs/results/robot_arm.json` and the tables in `docs/structures.md`."""
    settings = flags.FLAGS
    folder = runs_folder(settings.output_dir)
    results: dict[str, Any] = {}
    for noise in NOISES:
        for model in MODELS:
            documents = []
            for seed in range(settings.seeds):
                documents.append(_run(folder, model, noise, seed))
                sys.stderr.write(f"{model}, noise {noise:g} N m, seed {seed}\n")
            results.setdefault(f"{noise:g}", {}).update(_gathered(model, documents))
    document = {"code": code_digest(), "results": results}
    text = "\n".join(section(results, noise) for noise in results)
    if settings.update_docs:
        (RESULTS / "robot_arm.json").write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
        for name in results:
            doc_section.replace(doc_section.STRUCTURES, f"robot_arm_{name}", section(results, name))
    sys.stdout.write(text)


def section(results: dict[str, Any], noise: str) -> str:
    """Returns the table for one noise, with medians over seeds (least - largest)."""
    found = results[noise]
    models = [found[model] for model in MODELS]
    networks = found["force_network"] | found["acceleration_network"]
    rows = [["mean squared error", *(f"`{model}`" for model in MODELS), "feed-forward networks", "published"]]
    for metric, title in MEASURED.items():
        cells = [spread(of[metric]) if metric in of else "" for of in (*models, networks)]
        rows.append([title, *cells, number(PUBLISHED.get(metric, math.nan))])
    ratios = (spread(_ratios(found, model)) for model in MODELS)
    rows.append(["acceleration: feed-forward / model", *ratios, "", str(PUBLISHED_RATIO)])
    seconds = (number(median(of["fit_seconds"])) for of in models)
    rows.append(["seconds of the fit", *seconds, "", ""])
    # The published numbers are of torques without noise.
    return table(rows if noise == "0" else [row[:-1] for row in rows], labels=1)


def _ratios(found: dict[str, Any], model: str) -> list[float | None]:
    """Returns the errors of the acceleration of the feed-forward network, divided by those of the model, by seed."""
    pairs = zip(found["acceleration_network"]["acceleration_mse"], found[model]["acceleration_mse"], strict=True)
    return [network / own for network, own in pairs]


def _gathered(model: str, documents: list[dict[str, Any]]) -> dict[str, dict[str, list[float]]]:
    """Returns the metrics and seconds `[seeds]` of the model and of the networks for comparison, by name."""
    labels = [label for label, part in documents[0].items() if isinstance(part, dict) and "metrics" in part]
    parts = {model: documents} | {label: [document[label] for document in documents] for label in labels}
    return {
        label: {
            "fit_seconds": [each["fit_seconds"] for each in of_label],
            **{
                name: [each["metrics"][name] for each in of_label]
                for name in of_label[0]["metrics"]
                if name in MEASURED
            },
        }
        for label, of_label in parts.items()
    }


def _run(folder: pathlib.Path, model: str, noise: float, seed: int) -> dict[str, Any]:
    """Returns the metrics.json of one run, which already exists if the command was interrupted after the run."""
    output = folder / f"{model}-{noise:g}-{seed}"
    if not (output / "metrics.json").exists():
        command = [sys.executable, "-m", "trainers.robot_arm", f"--model={model}", *MODELS[model], "--resume"]
        command += [f"--data_path={flags.FLAGS.data_path}", f"--noise_std={noise:g}", f"--seed={seed}", "--nofigures"]
        command += [f"--output_dir={output}", "--progress=none"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == command_line.EXIT_BAD_INPUT:
            raise InputError(done.stderr.strip().removeprefix("error: "))
        if done.returncode:
            raise command_line.TrainingFailedError(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")
    return json.loads((output / "metrics.json").read_text())
