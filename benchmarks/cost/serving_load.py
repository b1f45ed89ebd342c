"""A load on an exported model of states: requests of mixed signatures and batch sizes from several threads."""

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
    """Runs the load in a separate process.

    Args:
      saved_model: The SavedModel of a model of states.
      num_requests: The number of requests over all threads.
      num_threads: The number of threads that share the requests.

    Returns:
      `requests`, `threads`, `seconds`; `errors` and `first_error`; `different`, the number of answers that differ in a
      bit from the answers of a single thread; and `megabytes`, the median resident memory in the first and in the last
      tenth of the requests, after a warm-up of a tenth.
    """
    with CApiProcess(list(_requests(saved_model))) as process:
        load = process.load(num_requests, num_threads)
    sizes = load["megabytes"]
    tenth = max(1, len(sizes) // 9)  # without the warm-up, nine tenths of the requests remain
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
