"""The jumps of the loss of a single step at the end of a training."""

import json
import sys
from typing import Any

import numpy as np
from absl import flags

from benchmarks.documents.folders import RESULTS
from benchmarks.trainings.task_training import TaskTraining
from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.training.training_loop import TrainingLoop
from hnn_tf.training.training_run import optimizer
from trainers.tasks import TASK_OPTIONS

FIRST, LAST = 1500, 2000

# Each entry is a task, a protocol, and the flags that differ from the defaults of the task's trainer. A simulated task
# has the same training in both protocols.
TRAININGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("mass_spring", "both", {}),
    ("pendulum", "both", {}),
    ("real_pendulum", "paper", {"protocol": "paper"}),
    ("real_pendulum", "clean", {"protocol": "clean"}),
)


def main() -> None:
    """Trains the models, and writes `docs/results/loss_jumps.json`."""
    found: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for name, protocol, changes in TRAININGS:
        for label in ("hnn", "baseline"):
            ratios = []
            for seed in range(flags.FLAGS.seeds):
                values = {"seed": seed, "model": label} | changes
                if "data_path" in TASK_OPTIONS[name].defaults.names():
                    values["data_path"] = flags.FLAGS.data_path
                training = TaskTraining(name, **values)
                rule = optimizer(training.options.training)
                loop = TrainingLoop(training.new_model(), training.objective, rule, training.samples.train, seed=seed)
                loop.run(FIRST)
                losses = np.array([loop.run(1) for _ in range(FIRST, LAST)])
                ratios.append(losses / np.median(losses))
            jumps = {"largest": float(np.max(ratios)), "least": float(np.min(ratios))}
            found.setdefault(name, {}).setdefault(protocol, {})[label] = jumps
            sys.stderr.write(f"{name}, {protocol}, {label}: {jumps['least']:.3f} to {jumps['largest']:.3f}\n")
    with atomic_file(RESULTS / "loss_jumps.json") as temporary:
        temporary.write_text(json.dumps({"seeds": flags.FLAGS.seeds, "jumps": found}, indent=1) + "\n")
