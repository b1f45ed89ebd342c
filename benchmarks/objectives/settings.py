"""The choice of training settings by held-out trajectories, for objectives that begin at a closed form."""

import dataclasses
import json
import sys
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from benchmarks.documents.markdown_tables import table
from benchmarks.objectives import cases
from benchmarks.objectives.method_training import training_of
from benchmarks.objectives.tables import median
from hnn_tf import warm_start
from hnn_tf.training.training_loop import TrainingLoop
from hnn_tf.training.training_run import optimizer

SETTINGS: dict[str, dict[str, Any]] = {
    "0 steps": {"steps": 0},
    "150 steps at 1e-3": {"steps": 150, "learning_rate": 1e-3},
    "150 steps at 3e-4": {"steps": 150, "learning_rate": 3e-4},
    "150 steps at 1e-4": {"steps": 150, "learning_rate": 1e-4},
    "400 steps at 1e-3": {"steps": 400, "learning_rate": 1e-3},
}
"""The settings, all with a cosine schedule."""

OBJECTIVES = ("combined", "trajectory")


def validation_losses(task: str, objective_name: str, seed: int) -> dict[str, float]:
    """Returns the validation loss of each setting. All settings begin at the same start."""
    training = training_of(objective_name, task, seed=seed, learning_rate_schedule="cosine", validation_fraction=0.2)
    model, samples = training.new_model(), training.samples
    start = warm_start(model, training.objective, samples.train, seed=seed)
    weights = [variable.numpy() for variable in model.weights]
    losses = {}
    for name, changes in SETTINGS.items():
        for variable, value in zip(model.weights, weights, strict=True):
            variable.assign(value)
        options = dataclasses.replace(training.options.training, **changes)
        loop = TrainingLoop(model, start.objective, optimizer(options), start.samples)
        if options.steps:
            loop.run(options.steps)
        losses[name] = loop.validation_loss(samples.validation or {})
    return losses


def section(results: dict[str, dict[str, list[float]]]) -> str:
    """Returns the table of the medians over seeds of the validation loss minus that of the start."""
    rows = [["task, objective", *(name for name in SETTINGS if name != "0 steps")]]
    for name, losses in results.items():
        start = losses["0 steps"]
        changes = [[loss - first for loss, first in zip(losses[s], start, strict=True)] for s in rows[0][1:]]
        rows.append([name, *(f"{median(change):+.4f}" for change in changes)])
    return table(rows, labels=1)


def main() -> None:
    """Trains with all settings, and writes `docs/results/objective_settings.json` and its table."""
    results: dict[str, dict[str, list[float]]] = {}
    for task in cases.TASKS:
        for objective in OBJECTIVES:
            row = results[f"{task}, {objective}"] = {name: [] for name in SETTINGS}
            for seed in range(cases.HELD_OUT_SEED, cases.HELD_OUT_SEED + flags.FLAGS.seeds):
                for name, loss in validation_losses(task, objective, seed).items():
                    row[name].append(loss)
                sys.stderr.write(f"{task}, {objective}, seed {seed}\n")
    (RESULTS / "objective_settings.json").write_text(json.dumps(results, indent=1, allow_nan=False) + "\n")
    doc_section.replace(doc_section.OBJECTIVES, "objective_settings", section(results))
