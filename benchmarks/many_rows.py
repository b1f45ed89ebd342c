"""Memory and seconds of evaluations of millions of samples, by a Hamiltonian network of 2-200-200 in float32.

python -m benchmarks.many_rows --rows=10000000

Needs Linux, whose /proc tells the memory. "The data" are two float32 columns and their one copy as tensors.
"""

import json
import pathlib
import sys
import time
from collections.abc import Callable
from typing import Any

from absl import flags

from trainers import command_line

BATCH_SIZE = 256


def measure(rows: int) -> dict[str, dict[str, float]]:
    """Of each evaluation: `seconds` (of the first batch the least of three), and `megabytes` of the process's largest memory so far beyond that of the data.

    What an evaluation leaves to the allocators counts in all that follow.
    """
    import keras
    import numpy as np

    from hnn_tf import HamiltonianNetwork, MLPHamiltonian, TrainingLoop, evaluation
    from hnn_tf.data import to_tf_dataset
    from hnn_tf.objectives import DerivativeMatching

    state = np.random.default_rng(0).standard_normal([rows, 2], np.float32)
    samples = {"state": state, "time_derivative": state[:, ::-1] * np.float32([1, -1])}
    results: dict[str, dict[str, float]] = {}

    def note(name: str, base: float, call: Callable[[], Any], *, repeats: int = 1) -> None:
        pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        seconds = []
        for _ in range(repeats):
            began = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - began)
        results[name] = {"seconds": min(seconds), "megabytes": _megabytes("VmHWM") - base}

    def first_batch() -> None:
        next(iter(to_tf_dataset(samples, batch_size=BATCH_SIZE, seed=0)))

    few = {name: column[:10] for name, column in samples.items()}
    next(iter(to_tf_dataset(few, batch_size=4, seed=0)))  # loads what TensorFlow loads once
    copy = sum(column.nbytes for column in samples.values()) / 2**20
    note("first shuffled batch", _megabytes("VmRSS") + copy, first_batch, repeats=3)  # short, so others' load counts
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=(200, 200)))
    model.build([None, 2])
    loop = TrainingLoop(model, DerivativeMatching(), keras.optimizers.Adam(), samples, batch_size=BATCH_SIZE)
    base = _megabytes("VmRSS")
    note("loss", base, loop.loss)
    note("loss of arrays", base, lambda: loop.loss(samples))
    note("derivative_mse", base, lambda: evaluation.derivative_mse(model, samples))
    note("derivative_error_spread", base, lambda: evaluation.derivative_error_spread(model, samples))
    return results


def _megabytes(name: str) -> float:
    """Of a line of /proc/self/status: VmRSS, the memory now, or VmHWM, the largest."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


def _main() -> None:
    with command_line.quiet_start():
        import tensorflow  # noqa: F401 - its messages are held back
    results = measure(flags.FLAGS.rows)
    if flags.FLAGS.json:
        sys.stdout.write(json.dumps(results) + "\n")
        return
    sys.stdout.write(f"| {flags.FLAGS.rows:,} rows | seconds | memory beyond the data's (MB) |\n|---|---|---|\n")
    for name, result in results.items():
        sys.stdout.write(f"| {name} | {result['seconds']:.2f} | {result['megabytes']:.0f} |\n")


if __name__ == "__main__":
    flags.DEFINE_integer("rows", 10_000_000, "Samples.", lower_bound=1000)
    flags.DEFINE_bool("json", False, "Print JSON instead of a table.")
    command_line.run(_main, usage=__doc__)
