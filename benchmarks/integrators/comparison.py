"""Every integrator on true systems: error against evaluations and time, energy in long runs, structure."""

import json
import math
import os
import platform
import sys
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import IMAGES, RESULTS
from benchmarks.integrators import runs
from benchmarks.integrators.work_precision_figure import draw_work_precision
from hnn_tf.files.atomic_file import atomic_file
from trainers import symplecticity_table

JSON = RESULTS / "integrators.json"


def main() -> None:
    """Measures the integrators, and writes tables, `docs/results/integrators.json` and the figure as the flags say."""
    settings = flags.FLAGS
    structure = symplecticity_table.of_integrators(runs.PENDULUM, runs.SWINGS, runs.SWING_STEP)
    document: dict[str, Any]
    if settings.only == "structure":
        document = json.loads(JSON.read_text()) | {"structure": structure}
    else:
        machine = f"{os.cpu_count()} cores, {platform.machine()}"
        document = {"machine": machine, "structure": structure, "long_runs": {}, "work_precision": {}}
        for problem in runs.PROBLEMS:
            sys.stderr.write(f"{problem.name}\n")
            document["work_precision"][problem.name] = runs.work_precision(problem, settings.repeats)
            document["long_runs"][problem.name] = runs.long_runs(problem)
    structure_table = symplecticity_table.table(structure, runs.SWING_NAMES)
    sys.stdout.write(f"{structure_table}\n{long_run_table(document['long_runs'])}")
    if settings.update_docs:
        with atomic_file(JSON) as temporary:
            temporary.write_text(json.dumps(document, indent=1) + "\n")
        draw_work_precision(IMAGES / "work_precision.png", document["work_precision"])
        doc_section.replace(doc_section.INTEGRATORS, "structure", structure_table)
        doc_section.replace(doc_section.INTEGRATORS, "long_runs", long_run_table(document["long_runs"]))


def long_run_table(long_runs: dict[str, Any]) -> str:
    """Returns the energy errors of the long runs as a Markdown table."""
    problems = list(long_runs)
    lines = [f"| integrator | {' | '.join(problems)} |", f"| --- |{' ---: |' * len(problems)}"]
    for name in long_runs[problems[0]]:
        cells = []
        for problem in problems:
            run = long_runs[problem][name]
            cells.append(f"{run['first']:.0e} → {run['last']:.0e}" if math.isfinite(run["last"]) else "diverged")
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
