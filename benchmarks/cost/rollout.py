"""The cost of rollouts: their times, compared with other solvers, and the memory of their gradients."""

import functools
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from statistics import median

from absl import flags

from benchmarks.cost.cost_tables import ratios, row, spread
from benchmarks.cost.rollout_sizes import GRADIENT_REPEATS, GRADIENT_STATES, GRADIENTS, STATES, STEP_SIZE, STEPS
from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS, ROOT
from hnn_tf.commands import command_line
from hnn_tf.files.atomic_file import atomic_file

LABELS = {
    f"rollout, {STATES} states": f"`hnn_tf.rollout`, {STATES} trajectories at once",
    "rollout, one state": "`hnn_tf.rollout`, one trajectory",
    "solve_ivp, default tolerances": "SciPy's `solve_ivp`, one trajectory, default tolerances",
    f"solve_ivp, steps of {STEP_SIZE}": f"SciPy's `solve_ivp`, one trajectory, steps of {STEP_SIZE}",
}
"""The rows of the table of trajectories, by the names of their measurements."""


def main() -> None:
    """Measures the rollouts, and prints the tables."""
    settings = flags.FLAGS
    # The gradients come first, because a process starts with the peak memory of its parent, and this process will
    # import TensorFlow.
    costs: dict[str, Callable[[], dict]] = {name: functools.partial(_gradient_cost, name) for name in GRADIENTS}
    gradients = _interleaved(costs, min(settings.repeats, GRADIENT_REPEATS))
    measures = command_line.found("benchmarks.cost.rollout_speed:measures")()
    for measure in measures.values():
        measure()  # the first call compiles
    trajectories = _interleaved(measures, settings.repeats)
    document = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "torch": sys.modules["torch"].__version__ if "torch" in sys.modules else None,
        "arithmetic": trajectories.pop("arithmetic"),
        "trajectories": trajectories,
        "gradients": gradients,
    }
    sys.stdout.write(markdown(document))
    if settings.update_docs:
        with atomic_file(RESULTS / "rollout_cost.json") as temporary:
            temporary.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
        doc_section.replace(doc_section.INTEGRATORS, "rollout_cost", markdown(document))


def _interleaved(measures: dict[str, Callable[[], dict]], repeats: int) -> dict[str, dict[str, list[float]]]:
    runs = []
    for repeat in range(repeats):
        runs.append({name: measure() for name, measure in measures.items()})
        sys.stderr.write(f"{len(measures)} measurements: {repeat + 1}/{repeats}\n")
    return {name: {key: [run[name][key] for run in runs] for key in runs[0][name]} for name in measures}


def _gradient_cost(name: str) -> dict[str, float]:
    code = f"from benchmarks.cost import rollout_gradient; rollout_gradient.print_cost({name!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise command_line.TrainingFailedError(f"gradient, {name}: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout)


def markdown(document: dict) -> str:
    """Returns the costs as Markdown tables, as medians with the least and the largest value."""
    trajectories, arithmetic, gradients = document["trajectories"], document["arithmetic"], document["gradients"]
    many, one = (trajectories[name]["seconds_a_state"] for name in (f"rollout, {STATES} states", "rollout, one state"))
    head = [
        f"{STEPS * STEP_SIZE:g} time units",
        "evaluations",
        "µs per evaluation and trajectory",
        "trajectories per second",
    ]
    head += [f"time per trajectory, relative to the rollout of {count}" for count in (STATES, "one")]
    lines = row(head) + row(["---", *["---:"] * 5])
    for name, cost in trajectories.items():
        seconds, evaluations = cost["seconds_a_state"], cost["evaluations"]
        each = [1e6 * ratio for ratio in ratios(seconds, evaluations)]
        spreads = [each, [1 / s for s in seconds], ratios(seconds, many), ratios(seconds, one)]
        lines += row([LABELS.get(name, name), f"{median(evaluations):.0f}", *map(spread, spreads)])
    rollout, limit = [s * STATES for s in many], arithmetic["limit_seconds"]
    flops, tanh = (median(arithmetic[key]) for key in ("gigaflops", "tanh_seconds"))
    tanhs = f"its tanh functions, at {1e6 * tanh:.0f} µs per layer"
    products = f"only its matrix products, at {flops:.0f} GFLOP/s, and {tanhs}"
    lines += "\n" + row([f"{STATES} trajectories, {STEPS} steps", "seconds"]) + row(["---", "---:"])
    lines += row(["`hnn_tf.rollout`", spread(rollout)]) + row([products, spread(limit)])
    lines += row(["ratio", spread(ratios(rollout, limit))]) + "\n"
    memory = "MB above the peak memory of one step"
    lines += row([f"gradient, {GRADIENT_STATES} trajectories, {STEPS} steps", memory, "seconds"])
    lines += row(["---", "---:", "---:"])
    floor, rows = gradients["floor"]["peak_megabytes"], []
    for name in ("checkpointing=False", "checkpointing"):
        above = [a - b for a, b in zip(gradients[name]["peak_megabytes"], floor, strict=True)]
        rows.append((above, gradients[name]["seconds"]))
        lines += row([name, *map(spread, rows[-1])])
    lines += row(["ratio", *(spread(ratios(*pair)) for pair in zip(*rows, strict=True))]) + "\n"
    note = (
        f"The numbers are medians (least – largest) of {len(limit)} runs, measured on {document['machine']}. The "
        f"numbers of the gradients are medians of {len(floor)} runs. The column of the evaluations shows the "
        "evaluations for one trajectory. The model has its initial weights, so its motion is slow. With its default "
        "tolerances, `solve_ivp` therefore needs few evaluations."
    )
    return f"{lines}{note}\n"
