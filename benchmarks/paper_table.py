"""Trains every task over several seeds, as a user would, and writes the README's tables.

python -m benchmarks.paper_table --seeds=5 --data_path=invar_datasets.zip --update_readme
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import time
from typing import Any

from absl import flags

from trainers import command_line
from trainers.training_flags import PROTOCOLS

TASKS = ("mass_spring", "pendulum", "real_pendulum")
ROOT = pathlib.Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "results" / "paper_table.json"


def _main() -> None:
    with command_line.quiet_start():
        from benchmarks import doc_section, result_tables  # here, because they import TensorFlow
    settings = flags.FLAGS
    runs = [(task, protocol, seed) for task in TASKS for protocol in PROTOCOLS for seed in range(settings.seeds)]
    results: dict[str, Any] = {task: {protocol: [] for protocol in PROTOCOLS} for task in TASKS}
    folder = pathlib.Path(settings.output_dir) / _code_digest()
    began = time.monotonic()
    for i, (task, protocol, seed) in enumerate(runs):
        document = _run(folder / f"{task}-{protocol}-{seed}", task, protocol, seed)
        results[task][protocol].append(document)
        left = (time.monotonic() - began) / (i + 1) * (len(runs) - i - 1)
        sys.stderr.write(f"{i + 1}/{len(runs)}: {task}, {protocol} protocol, seed {seed}; {left:.0f} s left\n")
    text = json.dumps(result_tables.summary(results), indent=1, allow_nan=False) + "\n"
    tables = result_tables.markdown(json.loads(text))
    sys.stdout.write(tables)
    if settings.update_readme:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(text)
        doc_section.replace(doc_section.README, "paper_table", tables)


def _code_digest() -> str:
    """Of the code and the flagfiles that the results depend on: other code's runs are not taken for this one's."""
    files = [path for name in ("hnn_tf", "trainers") for path in (ROOT / name).rglob("*")]
    code = sorted(path for path in files if path.suffix in (".py", ".flags"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()[:12]


def _run(folder: pathlib.Path, task: str, protocol: str, seed: int) -> dict[str, Any]:
    """The metrics.json of one run, which is done already if this was broken off after it."""
    settings = flags.FLAGS
    command = [sys.executable, "-m", f"trainers.{task}", f"--flagfile={task}.flags", "--resume", "--nofigures"]
    command += [f"--protocol={protocol}", f"--seed={seed}", f"--output_dir={folder}", "--progress=none"]
    if task == "real_pendulum" and settings.data_path:
        command.append(f"--data_path={settings.data_path}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise command_line.TrainingFailedError(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")
    return json.loads((folder / "metrics.json").read_text())


if __name__ == "__main__":
    flags.DEFINE_integer("seeds", 5, "Seeds 0, 1, ... of each task and protocol.", lower_bound=1)
    flags.DEFINE_string("data_path", None, "The real pendulum's record; downloaded when not given.")
    flags.DEFINE_string("output_dir", "runs/paper_table", "Where the runs go; those of the same code are not repeated.")
    flags.DEFINE_bool("update_readme", False, "Write docs/results/paper_table.json and the tables of the README.")
    command_line.run(_main, usage=__doc__)
