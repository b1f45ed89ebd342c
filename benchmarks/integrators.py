"""Every integrator on true systems: error against evaluations and seconds, energy in long runs, structure.

python -m benchmarks.integrators --update_docs
python -m benchmarks.integrators --model_path=runs/pendulum/model.keras --step_size=0.05
"""

import json
import math
import os
import pathlib
import platform
import sys
from typing import Any

from absl import flags

from trainers import command_line, number_flags

ROOT = pathlib.Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "results" / "integrators.json"
FIGURE = ROOT / "docs" / "images" / "work_precision.png"


def _main() -> None:
    settings = flags.FLAGS
    with command_line.quiet_start():
        import tensorflow as tf

        tf.config.list_logical_devices()  # finds the devices now, while their messages are held back
        from benchmarks import doc_section, integrator_runs
        from benchmarks.work_precision_figure import draw_work_precision
        from export.saved_model import load_model
        from hnn_tf.atomic_file import atomic_file

    if settings.model_path:
        model = load_model(settings.model_path)
        sys.stdout.write(structure_table(integrator_runs.structure(model, settings.step_size)))
        if model.compute_dtype != "float64":
            sys.stdout.write(f"\nThe model computes in {model.compute_dtype}, so this is its round-off, too.\n")
        return
    document: dict[str, Any] = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "structure": integrator_runs.structure(integrator_runs.PENDULUM, settings.step_size),
        "long_runs": {},
        "work_precision": {},
    }
    for problem in integrator_runs.PROBLEMS:
        sys.stderr.write(f"{problem.name}\n")
        document["work_precision"][problem.name] = integrator_runs.work_precision(problem, settings.repeats)
        document["long_runs"][problem.name] = integrator_runs.long_runs(problem)
    sys.stdout.write(f"{structure_table(document['structure'])}\n{long_run_table(document['long_runs'])}")
    if settings.update_docs:
        with atomic_file(RESULTS) as temporary:
            temporary.write_text(json.dumps(document, indent=1) + "\n")
        draw_work_precision(FIGURE, document["work_precision"])
        doc_section.replace(doc_section.INTEGRATORS, "structure", structure_table(document["structure"]))
        doc_section.replace(doc_section.INTEGRATORS, "long_runs", long_run_table(document["long_runs"]))


def structure_table(structure: dict[str, Any]) -> str:
    """What `evaluation.symplecticity` measures, as a Markdown table; what a method refuses, in its words."""
    lines = [
        "| integrator | symplectic defect | volume error | return error | energy slope (95 % interval) |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, measured in structure.items():
        if "refused" in measured:
            lines.append(f"| `{name}` | {measured['refused']} | | | |")
            continue
        value, low, high = measured["energy_slope"] or (math.nan,) * 3
        slope = f"{value:.1e} ({low:.1e} – {high:.1e})" if measured["energy_slope"] else "no energy"
        columns = [measured["symplectic_defect"], measured["volume_error"], measured["return_error"]]
        lines.append(f"| `{name}` | {' | '.join(f'{column:.1e}' for column in columns)} | {slope} |")
    return "\n".join([*lines, ""])


def long_run_table(long_runs: dict[str, Any]) -> str:
    """The energy errors of the long runs as a Markdown table."""
    problems = list(long_runs)
    lines = [f"| integrator | {' | '.join(problems)} |", f"| --- |{' ---: |' * len(problems)}"]
    for name in long_runs[problems[0]]:
        cells = []
        for problem in problems:
            run = long_runs[problem][name]
            cells.append(f"{run['first']:.0e} → {run['last']:.0e}" if math.isfinite(run["last"]) else "diverged")
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "Only the structure, of this model (.keras) instead of the pendulum.")
    number_flags.define("step_size", 0.1, "Of the structure's steps, > 0.", least=1e-6, most=1e6)
    flags.DEFINE_integer("repeats", 3, "Timings of each run; the shortest counts.", lower_bound=1)
    flags.DEFINE_bool("update_docs", False, "Write docs/results/integrators.json, the figure and docs/integrators.md.")
    command_line.run(_main, usage=__doc__)
