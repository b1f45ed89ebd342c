"""A comparison of fits to noisy trajectories, with each training in a separate process.

The processes use TensorFlow, so this module imports TensorFlow only after their end.
"""

import concurrent.futures
import json
import multiprocessing
import pathlib
import sys
import time
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import IMAGES, RESULTS
from benchmarks.objectives import cases, tables
from benchmarks.trainings.kept import kept
from benchmarks.trainings.run_folder import runs_folder
from hnn_tf.commands import command_line


def _run(name: str, function: str, arguments: dict[str, Any], folder: str) -> dict[str, float]:
    path = pathlib.Path(folder) / f"{name.replace(' ', '_').replace(':', '')}.json"
    return kept(path, lambda: command_line.found(f"benchmarks.objectives.runs:{function}")(**arguments))


def main() -> None:
    """Runs all missing trainings, and writes `docs/results/objectives.json`, its figure and its tables."""
    settings = flags.FLAGS
    # Runs of other code are in other folders.
    folder = runs_folder(settings.output_dir)
    todo = cases.cases(settings.seeds)
    results: dict[str, dict[str, float]] = {}
    began = time.monotonic()
    # The processes are new, because TensorFlow's threads do not survive a fork. Each process runs one case at a time.
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(settings.jobs, mp_context=context) as pool:
        timed = [case for case in todo if case[1] == "torch_seconds"]
        rest = [case for case in todo if case[1] != "torch_seconds"]
        for batch, workers in ((timed, 1), (rest, settings.jobs)):
            pending: dict[Any, str] = {}
            for name, function, arguments in batch:
                if function == "real_pendulum":
                    arguments = arguments | {"data_path": settings.data_path}
                pending[pool.submit(_run, name, function, arguments, str(folder))] = name
                if workers == 1:
                    concurrent.futures.wait(pending)  # no other case runs during a timed run
            for future in concurrent.futures.as_completed(pending):
                results[pending[future]] = future.result()
                seconds = time.monotonic() - began
                sys.stderr.write(f"{len(results)}/{len(todo)}: {pending[future]}; {seconds:.0f} s\n")
    document = tables.document(results, settings.seeds)
    text = json.dumps(document, indent=1, allow_nan=False) + "\n"
    (RESULTS / "objectives.json").write_text(text)
    for name, part in tables.sections(json.loads(text)).items():
        doc_section.replace(doc_section.OBJECTIVES, name, part)
        sys.stdout.write(part + "\n")
    command_line.found("benchmarks.objectives.figure:draw")(json.loads(text), IMAGES)
