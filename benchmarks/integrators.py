"""Every integrator on true systems: error against evaluations and seconds, energy in long runs, structure.

python -m benchmarks.integrators --update_docs
python -m benchmarks.integrators --update_docs --only=structure
"""

import json
import math
import os
import pathlib
import platform
import sys
from typing import Any

from absl import flags

from hnn_tf.commands import command_line
from trainers import symplecticity_table as symplecticity

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
        from hnn_tf.files.atomic_file import atomic_file

    structure = symplecticity.of_integrators(
        integrator_runs.PENDULUM, integrator_runs.SWINGS, integrator_runs.SWING_STEP
    )
    document: dict[str, Any]
    if settings.only == "structure":
        document = json.loads(RESULTS.read_text()) | {"structure": structure}
    else:
        machine = f"{os.cpu_count()} cores, {platform.machine()}"
        document = {"machine": machine, "structure": structure, "long_runs": {}, "work_precision": {}}
        for problem in integrator_runs.PROBLEMS:
            sys.stderr.write(f"{problem.name}\n")
            document["work_precision"][problem.name] = integrator_runs.work_precision(problem, settings.repeats)
            document["long_runs"][problem.name] = integrator_runs.long_runs(problem)
    structure_table = symplecticity.table(structure, integrator_runs.SWING_NAMES)
    sys.stdout.write(f"{structure_table}\n{long_run_table(document['long_runs'])}")
    if settings.update_docs:
        with atomic_file(RESULTS) as temporary:
            temporary.write_text(json.dumps(document, indent=1) + "\n")
        draw_work_precision(FIGURE, document["work_precision"])
        doc_section.replace(doc_section.INTEGRATORS, "structure", structure_table)
        doc_section.replace(doc_section.INTEGRATORS, "long_runs", long_run_table(document["long_runs"]))


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
    flags.DEFINE_enum("only", None, ["structure"], "Measures this alone, and keeps the rest as it was.")
    flags.DEFINE_integer("repeats", 3, "Timings of each run; the shortest counts.", lower_bound=1)
    flags.DEFINE_bool("update_docs", False, "Write docs/results/integrators.json, the figure and docs/integrators.md.")
    command_line.run(_main, usage=__doc__)
