"""What evaluations of millions of samples take, each group in a process of its own.

The process that starts them doesn't import TensorFlow, whose memory would be theirs beside.
"""

import concurrent.futures
import json
import multiprocessing
import sys

from absl import flags

from hnn_tf.commands import command_line


def measure(rows: int) -> dict[str, dict[str, float]]:
    """All results, of two processes: what an evaluation leaves to the allocators counts in those that follow."""
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as pool:
        return pool.submit(_measure, "first_batch", rows).result() | pool.submit(_measure, "evaluations", rows).result()


def _measure(name: str, rows: int) -> dict[str, dict[str, float]]:
    return command_line.found(f"benchmarks.cost.row_evaluations:{name}")(rows)


def main() -> None:
    """Prints them as a table, or as JSON."""
    results = measure(flags.FLAGS.rows)
    if flags.FLAGS.json:
        sys.stdout.write(json.dumps(results) + "\n")
        return
    sys.stdout.write(f"| {flags.FLAGS.rows:,} rows | seconds | memory beyond the data's (MB) |\n|---|---|---|\n")
    for name, result in results.items():
        sys.stdout.write(f"| {name} | {result['seconds']:.2f} | {result['megabytes']:.0f} |\n")
