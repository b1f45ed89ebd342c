"""The time that L-BFGS needs for the loss of Adam after 2000 steps, on full batches."""

import json
import sys
import time
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from benchmarks.documents.markdown_tables import spread, table
from benchmarks.objectives import cases
from benchmarks.objectives.method_training import training_of
from benchmarks.objectives.tables import median
from hnn_tf.optimizers import LBFGS, CoupledAdam
from hnn_tf.training.training_loop import TrainingLoop

STEPS = 2000
BLOCK = 20
"""The number of L-BFGS steps between two evaluations of its loss."""


def cost(task: str, seed: int) -> dict[str, float]:
    """Returns the seconds of Adam's steps, and the seconds of L-BFGS until its loss is as low.

    The seconds do not include compilation. The result also contains both losses, without L2.
    """
    training = training_of("derivative", task, seed=seed)

    def loop(optimizer: Any) -> TrainingLoop:
        loop = TrainingLoop(training.new_model(), training.objective, optimizer, training.samples.train)
        state = loop.state()
        loop.run(1)
        loop.restore(state)
        return loop

    adam, lbfgs = loop(CoupledAdam(1e-3)), loop(LBFGS())
    began = time.perf_counter()
    adam.run(STEPS)
    adam_seconds = time.perf_counter() - began
    target = adam.loss()
    began = time.perf_counter()
    while lbfgs.step < STEPS and lbfgs.run(BLOCK) > target:
        pass
    seconds = time.perf_counter() - began
    return {
        "adam_seconds": adam_seconds,
        "adam_loss": target,
        "lbfgs_seconds": seconds,
        "lbfgs_loss": lbfgs.loss(),
        "lbfgs_steps": lbfgs.step,
    }


def section(results: dict[str, dict[str, list[float]]]) -> str:
    """Returns the table, with medians over seeds. The ratio also has its least and its largest value."""
    rows = [["task", "2000 Adam steps (s)", "L-BFGS (s)", "L-BFGS steps", "times faster"]]
    for task, found in results.items():
        faster: list[float | None] = [a / b for a, b in zip(found["adam_seconds"], found["lbfgs_seconds"], strict=True)]
        names = ("adam_seconds", "lbfgs_seconds", "lbfgs_steps")
        cells = [f"{median(found[name]):.3g}" for name in names]
        rows.append([task, *cells, spread(faster)])
    return table(rows, labels=1)


def main() -> None:
    """Measures both times, and writes `docs/results/optimizer_cost.json` and its table."""
    results: dict[str, dict[str, list[float]]] = {task: {} for task in cases.TASKS}
    for seed in range(flags.FLAGS.seeds):
        for task in cases.TASKS:
            for name, value in cost(task, seed).items():
                results[task].setdefault(name, []).append(value)
            sys.stderr.write(f"{task}, seed {seed}\n")
    (RESULTS / "optimizer_cost.json").write_text(json.dumps(results, indent=1, allow_nan=False) + "\n")
    doc_section.replace(doc_section.OBJECTIVES, "optimizer_cost", section(results))
    sys.stdout.write(section(results))
