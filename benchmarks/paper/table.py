"""Every task's training over several seeds, as a user would run it, and the tables of the results."""

import concurrent.futures
import json
import pathlib
import subprocess
import sys
import time
from typing import Any

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from benchmarks.paper import result_tables
from benchmarks.trainings.run_folder import code_digest, run_folder, runs_folder
from hnn_tf.commands import command_line
from hnn_tf.input_error import InputError
from trainers.tasks import TASK_OPTIONS

TASKS = ("mass_spring", "pendulum", "real_pendulum", "two_body", "three_body", "pixel_pendulum")
SECOND_ORDER_TASKS = ("real_pendulum", "two_body", "three_body")
"""The tasks whose momenta are velocities, so that dq/dt = p is a baseline."""


def main() -> None:
    """Runs missing trainings, and writes `docs/results/paper_table.json`, `.md`, `docs/results.md` and README.md."""
    settings = flags.FLAGS
    tasks = TASKS if "all" in settings.tasks else tuple(dict.fromkeys(settings.tasks))
    protocols = tuple(dict.fromkeys(settings.protocols))
    runs = [
        (task, model, protocol, seed)
        for task in tasks
        for seed in range(settings.seeds)
        for protocol in protocols
        for model in ["hnn", *["second_order"] * (task in SECOND_ORDER_TASKS)]
    ]
    results: dict[str, Any] = {task: {protocol: {} for protocol in protocols} for task in tasks}
    folder = runs_folder(settings.output_dir)
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(settings.jobs) as pool:
        documents = pool.map(lambda run: _run(folder, *run), runs)
        for i, ((task, model, protocol, seed), document) in enumerate(zip(runs, documents, strict=True)):
            results[task][protocol].setdefault(model, []).append(document)
            name = f"{task}, {model}, {protocol} protocol, seed {seed}"
            sys.stderr.write(f"{i + 1}/{len(runs)}: {name}; {time.monotonic() - began:.0f} s\n")
    summary = result_tables.summary(results, code=code_digest())
    written = RESULTS / "paper_table.json"
    if settings.update_docs and written.exists():
        summary = result_tables.merged(json.loads(written.read_text()), summary)
    text = json.dumps(summary, indent=1, allow_nan=False) + "\n"
    page = result_tables.page(json.loads(text))
    if settings.update_docs:
        RESULTS.mkdir(parents=True, exist_ok=True)
        written.write_text(text)
        (RESULTS / "paper_table.md").write_text(page)
        doc_section.replace(doc_section.RESULTS, "paper_table", result_tables.chief_table(json.loads(text)))
        doc_section.replace(doc_section.README, "readme_table", result_tables.readme_table(json.loads(text)))
    sys.stdout.write(page)


def _run(folder: pathlib.Path, task: str, model: str, protocol: str, seed: int) -> dict[str, Any]:
    """Returns the metrics.json of one run, which already exists if the command was interrupted after the run."""
    output = run_folder(folder, task, model, protocol, seed)
    if (output / "metrics.json").exists():
        return json.loads((output / "metrics.json").read_text())
    command = [sys.executable, "-m", f"trainers.{task}", f"--flagfile={task}.flags", "--resume", "--nofigures"]
    command += [f"--protocol={protocol}", f"--seed={seed}", f"--output_dir={output}", "--progress=none"]
    if model != "hnn":
        command += [f"--model={model}", "--nocompare_baseline"]
    names = TASK_OPTIONS[task].defaults.names()
    if "cache_dir" in names:
        command.append(f"--cache_dir={folder / 'data'}")
    if "data_path" in names and flags.FLAGS.data_path:
        command.append(f"--data_path={flags.FLAGS.data_path}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == command_line.EXIT_BAD_INPUT:
        raise InputError(done.stderr.strip().removeprefix("error: "))
    if done.returncode:
        raise command_line.TrainingFailedError(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")
    return json.loads((output / "metrics.json").read_text())
