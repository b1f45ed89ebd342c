"""Requests to SavedModels in a process of their own, which imports neither tensorflow nor keras, but the C API.

with CApiProcess([(saved_model, signature, inputs), ...]) as process:
    wall = process.seconds(0, 100)["wall"]
"""

import concurrent.futures
import importlib.util
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import IO, Any, TypeAlias, cast

import numpy as np

from hnn_tf.export.c_api import Request, Session

_Request: TypeAlias = tuple[Session, dict[str, np.ndarray], list[str]]

ROOT = pathlib.Path(__file__).parent.parent


class CApiProcess:
    """Numbered requests in one process, which ends with the `with`.

    Args:
      requests: Each a SavedModel's folder, the name of a signature, and arrays by input name.
    """

    def __init__(self, requests: Sequence[tuple[str | os.PathLike, str, Mapping[str, np.ndarray]]]) -> None:
        self._requests = [_request(*request) for request in requests]

    def __enter__(self) -> "CApiProcess":
        # Found without importing it.
        spec = importlib.util.find_spec("tensorflow")
        if spec is None or spec.submodule_search_locations is None:
            raise RuntimeError("tensorflow isn't installed")
        self._errors = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.c_api_process", spec.submodule_search_locations[0]],
            cwd=ROOT,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._ask(self._requests)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def seconds(self, number: int, runs: int) -> dict[str, float]:
        """As `timing` gives them, of some runs of a request."""
        return self._ask({"number": number, "runs": runs})

    def load(self, num_requests: int, num_threads: int) -> dict[str, Any]:
        """Many requests at once, drawn from all of them, compared with what a single thread was answered.

        Returns:
          `seconds`; `errors`, `different`: numbers of requests that failed, and whose answer had another bit;
          `first_error`; `megabytes`: resident memory about a thousand times per thread, the first tenth, in which
          the process warms up, left out.
        """
        return self._ask({"num_requests": num_requests, "num_threads": num_threads})

    def _ask(self, question: Any) -> Any:
        stdin, stdout = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
        stdin.write(json.dumps(question) + "\n")
        stdin.flush()
        answer = stdout.readline()
        if not answer:
            self._errors.seek(0)
            raise RuntimeError(f"the process ended: {self._errors.read().strip()[-500:]}")
        return json.loads(answer)


def _request(saved_model: str | os.PathLike, signature: str, inputs: Mapping[str, np.ndarray]) -> dict[str, Any]:
    from hnn_tf.export import serving_constraints  # imports tensorflow

    definition = serving_constraints.signature_defs(serving_constraints.parsed(pathlib.Path(saved_model)))[signature]
    arrays = {definition.inputs[key].name: [array.dtype.name, array.tolist()] for key, array in inputs.items()}
    outputs = [info.name for info in definition.outputs.values()]
    return {"saved_model": os.fspath(saved_model), "inputs": arrays, "outputs": outputs}


def _main() -> None:
    sessions: dict[str, Session] = {}
    requests: list[_Request] = []
    for request in json.loads(sys.stdin.readline()):
        path = request["saved_model"]
        if path not in sessions:
            sessions[path] = Session(sys.argv[1], path)
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


def timing(function: Callable[[], Any], runs: int) -> dict[str, float]:
    """Seconds of some runs one after the other: `wall`, their median; `processor`, of all threads, their mean."""
    seconds, processor = [], time.process_time()
    for _ in range(runs):
        began = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - began)
    return {"wall": median(seconds), "processor": (time.process_time() - processor) / runs}


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
        # Threads at the same point of their shares beside each other.
        "megabytes": [size for sizes in zip(*(sizes for _, sizes in shares), strict=False) for size in sizes],
    }


def _resident_megabytes() -> float:
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    _main()
