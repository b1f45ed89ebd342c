"""Trains every task over several seeds, as a user would, and writes docs/results/paper_table.json and .md.

python -m benchmarks.paper_table --tasks=all --seeds=5 --protocols=paper,clean --data_path=invar_datasets.zip

A run that is done is not repeated: after a break, the same command goes on where it stopped.
"""

import concurrent.futures
import hashlib
import json
import pathlib
import subprocess
import sys
import time
from typing import Any

from absl import flags

from hnn_tf.commands import command_line
from trainers.training_flags import PROTOCOLS

TASKS = ("mass_spring", "pendulum", "real_pendulum", "two_body", "three_body", "pixel_pendulum")
SECOND_ORDER_TASKS = ("real_pendulum", "two_body", "three_body")
"""Where momenta are velocities, so that dq/dt = p is a baseline."""

CACHED_TASKS = ("two_body", "three_body", "pixel_pendulum")
ROOT = pathlib.Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "results"


def _main() -> None:
    with command_line.quiet_start():
        from benchmarks import doc_section, result_tables  # here, because they import TensorFlow
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
    summary = result_tables.summary(results, code=_code_digest())
    written = RESULTS / "paper_table.json"
    if settings.update_docs and written.exists():
        summary = result_tables.merged(json.loads(written.read_text()), summary)
    text = json.dumps(summary, indent=1, allow_nan=False) + "\n"
    page, readme = result_tables.page(json.loads(text)), result_tables.readme_table(json.loads(text))
    if settings.update_docs:
        RESULTS.mkdir(parents=True, exist_ok=True)
        written.write_text(text)
        (RESULTS / "paper_table.md").write_text(page)
        doc_section.replace(doc_section.README, "paper_table", readme)
    sys.stdout.write(page)


def runs_folder(output_dir: str) -> pathlib.Path:
    """Where the runs of the present code are: those of other code are not taken for them."""
    return pathlib.Path(output_dir) / _code_digest()


def _code_digest() -> str:
    """Of the code and the flagfiles that the results depend on, which those that draw figures aren't."""
    files = [path for name in ("hnn_tf", "trainers") for path in (ROOT / name).rglob("*")]
    code = sorted(path for path in files if path.suffix in (".py", ".flags"))
    drawing = [path for path in code if path.parent.name == "figures" or path.stem.endswith("_figures")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in code if path not in drawing)).hexdigest()[:12]


def _run(folder: pathlib.Path, task: str, model: str, protocol: str, seed: int) -> dict[str, Any]:
    """The metrics.json of one run, which is done already if this was broken off after it."""
    output = run_folder(folder, task, model, protocol, seed)
    if (output / "metrics.json").exists():
        return json.loads((output / "metrics.json").read_text())
    command = [sys.executable, "-m", f"trainers.{task}", f"--flagfile={task}.flags", "--resume", "--nofigures"]
    command += [f"--protocol={protocol}", f"--seed={seed}", f"--output_dir={output}", "--progress=none"]
    if model != "hnn":
        command += [f"--model={model}", "--nocompare_baseline"]
    if task in CACHED_TASKS:
        command.append(f"--cache_dir={folder / 'data'}")
    if task == "real_pendulum" and flags.FLAGS.data_path:
        command.append(f"--data_path={flags.FLAGS.data_path}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == command_line.EXIT_BAD_INPUT:
        from hnn_tf.input_error import InputError  # here, because it imports TensorFlow

        raise InputError(done.stderr.strip().removeprefix("error: "))
    if done.returncode:
        raise command_line.TrainingFailedError(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")
    return json.loads((output / "metrics.json").read_text())


def run_folder(folder: pathlib.Path, task: str, model: str, protocol: str, seed: int) -> pathlib.Path:
    """The folder of a run within that of all."""
    return folder / f"{task}-{model}-{protocol}-{seed}"


def _are_known(known: tuple[str, ...]) -> Any:
    return lambda names: bool(names) and all(name in known for name in names)


if __name__ == "__main__":
    flags.DEFINE_list("tasks", ["all"], f"Tasks, or all: {', '.join(TASKS)}.")
    flags.DEFINE_integer("seeds", 5, "Seeds 0, 1, ... of each task and protocol.", lower_bound=1)
    flags.DEFINE_integer("jobs", 2, "Runs at a time, each in a process of its own.", lower_bound=1)
    flags.DEFINE_list("protocols", ["paper", "clean"], "Protocols.")
    flags.DEFINE_string("data_path", None, "The real pendulum's record; downloaded when not given.")
    flags.DEFINE_string("output_dir", "runs/paper_table", "Where the runs go; those of the same code are not repeated.")
    flags.DEFINE_bool("update_docs", True, "Write docs/results/paper_table.json, .md, and the README's table.")
    flags.register_validator("tasks", _are_known((*TASKS, "all")), message=f"expected all, or of {TASKS}")
    flags.register_validator("protocols", _are_known(PROTOCOLS), message=f"expected some of {PROTOCOLS}")
    command_line.run(_main, usage=__doc__)
