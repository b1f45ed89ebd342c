"""A load of requests of mixed signatures and batch sizes, from several threads, on an exported model of states."""

import os
import pathlib
from collections.abc import Iterator
from statistics import median
from typing import Any

import numpy as np

from benchmarks.cost.c_api_process import CApiProcess
from hnn_tf.export import serving_constraints

BATCH_SIZES, NUM_TIMES, TIME_STEP = (1, 3, 16, 64), (1, 5, 20), 0.05


def run(saved_model: str | os.PathLike, *, num_requests: int, num_threads: int) -> dict[str, Any]:
    """Runs it in a process of its own.

    Args:
      saved_model: Of a model of states.
      num_requests: Over all threads.
      num_threads: That share them.

    Returns:
      `requests`, `threads`, `seconds`; `errors` and `first_error`; `different`, the number of answers with another bit
      than a single thread's; `megabytes`, the median resident memory in the first and in the last tenth of the
      requests, after a warm-up of as many.
    """
    with CApiProcess(list(_requests(saved_model))) as process:
        load = process.load(num_requests, num_threads)
    sizes = load["megabytes"]
    tenth = max(1, len(sizes) // 9)  # without the warm-up, they are of nine tenths of the requests
    ends = [median(sizes[:tenth]), median(sizes[-tenth:])]
    return load | {"requests": num_requests, "threads": num_threads, "megabytes": ends}


def _requests(saved_model: str | os.PathLike) -> Iterator[tuple[str | os.PathLike, str, dict[str, np.ndarray]]]:
    rng = np.random.default_rng(0)
    graph = serving_constraints.parsed(pathlib.Path(saved_model))
    for name, definition in serving_constraints.signature_defs(graph).items():
        width = definition.inputs["state"].tensor_shape.dim[-1].size
        for batch_size in BATCH_SIZES:
            state = rng.normal(size=[batch_size, width]).astype("float32")
            for num_times in NUM_TIMES if "times" in definition.inputs else [None]:
                inputs = {"state": state}
                if num_times is not None:
                    inputs["times"] = np.cumsum(rng.uniform(0, TIME_STEP, [batch_size, num_times]), 1).astype("float32")
                yield saved_model, name, inputs
