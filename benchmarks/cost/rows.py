"""The costs of evaluations of millions of samples, with each group in a separate process.

The process that starts the others does not import TensorFlow, because its memory would count as their memory.
"""

import concurrent.futures
import json
import multiprocessing
import sys

from absl import flags

from hnn_tf.commands import command_line


def measure(rows: int) -> dict[str, dict[str, float]]:
    """Returns all results, from two processes, because allocations that remain count in later evaluations."""
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as pool:
        return pool.submit(_measure, "first_batch", rows).result() | pool.submit(_measure, "evaluations", rows).result()


def _measure(name: str, rows: int) -> dict[str, dict[str, float]]:
    return command_line.found(f"benchmarks.cost.row_evaluations:{name}")(rows)


def main() -> None:
    """Prints the results as a table, or as JSON."""
    results = measure(flags.FLAGS.rows)
    if flags.FLAGS.json:
        sys.stdout.write(json.dumps(results) + "\n")
        return
    sys.stdout.write(f"| {flags.FLAGS.rows:,} rows | seconds | memory beyond the data's (MB) |\n|---|---|---|\n")
    for name, result in results.items():
        sys.stdout.write(f"| {name} | {result['seconds']:.2f} | {result['megabytes']:.0f} |\n")
