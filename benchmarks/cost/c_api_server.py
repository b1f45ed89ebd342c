"""Answers requests to SavedModels through the C API: the process of `benchmarks.cost.c_api_process`.

python -m benchmarks.cost.c_api_server .venv/lib/python3.12/site-packages/tensorflow

The process reads lines of JSON, and answers each line with one line, without importing tensorflow or keras.
"""

import concurrent.futures
import json
import os
import pathlib
import random
import sys
import time
from typing import Any, TypeAlias

import numpy as np
from absl import flags

from benchmarks.cost.timing import timing
from hnn_tf.commands import command_line
from hnn_tf.export.c_api import Request, Session

_Request: TypeAlias = tuple[Session, dict[str, np.ndarray], list[str]]


def main() -> None:
    """Reads the requests and then the questions about them from standard input, and answers each line with one line."""
    sessions: dict[str, Session] = {}
    requests: list[_Request] = []
    for request in json.loads(sys.stdin.readline()):
        path = request["saved_model"]
        if path not in sessions:
            sessions[path] = Session(flags.FLAGS.tensorflow, path)
        inputs = {name: np.array(values, dtype) for name, (dtype, values) in request["inputs"].items()}
        requests.append((sessions[path], inputs, request["outputs"]))
    prepared = [Request(*request) for request in requests]
    if {"tensorflow", "keras"} & set(sys.modules):
        raise RuntimeError("expected a process without tensorflow's Python code")
    answer: Any = len(requests)
    while True:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        question = json.loads(line)
        answer = (
            _load(requests, **question)
            if "num_threads" in question
            else timing(prepared[question["number"]].run, question["runs"])
        )


def _load(requests: list[_Request], num_requests: int, num_threads: int) -> dict[str, Any]:
    expected = [[array.tobytes() for array in session.run(inputs, outputs)] for session, inputs, outputs in requests]
    errors: list[str] = []

    def work(thread: int) -> tuple[int, list[float]]:
        rng = random.Random(thread)
        share, different, megabytes = num_requests // num_threads, 0, []
        for i in range(share):
            number = rng.randrange(len(requests))
            session, inputs, outputs = requests[number]
            try:
                answer = session.run(inputs, outputs)
            except RuntimeError as error:
                errors.append(str(error))
                continue
            different += [array.tobytes() for array in answer] != expected[number]
            if i >= share // 10 and i % (share // 1000 or 1) == 0:
                megabytes.append(_resident_megabytes())
        return different, megabytes

    began = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(num_threads) as pool:
        shares = list(pool.map(work, range(num_threads)))
    return {
        "seconds": time.perf_counter() - began,
        "errors": len(errors),
        "first_error": errors[0] if errors else None,
        "different": sum(different for different, _ in shares),
        # The order is that of time: the numbers of all threads at the same point of their shares are neighbours.
        "megabytes": [size for sizes in zip(*(sizes for _, sizes in shares), strict=False) for size in sizes],
    }


def _resident_megabytes() -> float:
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    flags.DEFINE_string("tensorflow", None, "The folder of the package tensorflow, which contains the libraries.")
    command_line.run(main, usage=__doc__, positional=["tensorflow"])
