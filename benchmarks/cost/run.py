"""The time and memory of the commands for which a user waits.

Nothing here imports TensorFlow, because a process starts with the peak memory of its parent.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from statistics import median

from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from hnn_tf.commands import command_line

COMMANDS = {
    "python -m trainers.pendulum --flagfile=pendulum.flags --export": 0,
    "python -m trainers.pendulum --help": 0,
    "python -m trainers.pendulum --stepz=3": command_line.EXIT_BAD_INPUT,
}
"""The commands, with the exit codes with which they end."""


def main() -> None:
    """Measures the commands, and prints the table."""
    settings = flags.FLAGS
    costs: dict[str, dict[str, list[float]]] = {c: {"seconds": [], "peak_megabytes": []} for c in COMMANDS}
    for repeat in range(settings.repeats):
        for command, code in COMMANDS.items():
            with tempfile.TemporaryDirectory() as folder:
                seconds, megabytes = _measure(command, code, folder)
            costs[command]["seconds"].append(seconds)
            costs[command]["peak_megabytes"].append(megabytes)
        sys.stderr.write(f"{repeat + 1}/{settings.repeats}\n")
    document = {"machine": f"{os.cpu_count()} cores, {platform.machine()}", "commands": costs}
    table = markdown(document)
    sys.stdout.write(table)
    if settings.update_docs:
        RESULTS.mkdir(parents=True, exist_ok=True)
        (RESULTS / "run_cost.json").write_text(json.dumps(document, indent=1) + "\n")
        doc_section.replace(doc_section.RESULTS, "run_cost", table)


def _measure(command: str, code: int, folder: str) -> tuple[float, float]:
    """Returns the seconds, and the largest resident set in MB, of a command that writes into a folder."""
    arguments = [sys.executable, *command.split()[1:]]
    arguments += [f"--output_dir={folder}/run"] if "--export" in arguments else []
    began = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != code:
        raise command_line.TrainingFailedError(f"{command}: expected exit code {code}; received {process.returncode}")
    # The unit of the peak is kB, or bytes on macOS.
    return seconds, usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def markdown(document: dict) -> str:
    """Returns the costs as a Markdown table, as medians with the least and the largest value."""
    lines = ["| command | time (s) | peak memory (MB) |", "| --- | ---: | ---: |"]
    for command, cost in document["commands"].items():
        seconds, megabytes = cost["seconds"], cost["peak_megabytes"]
        spread = f"{median(seconds):.2f} ({min(seconds):.2f} – {max(seconds):.2f})"
        lines.append(f"| `{command}` | {spread} | {median(megabytes):.0f} |")
    repeats = len(next(iter(document["commands"].values()))["seconds"])
    note = (
        f"The numbers are medians of {repeats} runs (least – largest). `make cost` measured them on "
        f"{document['machine']}. The last command has a misspelt flag, so it ends with a one-line error."
    )
    return "\n".join([*lines, "", note, ""])
