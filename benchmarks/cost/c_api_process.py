"""Requests to SavedModels in a separate process, which uses the C API and imports neither tensorflow nor keras.

with CApiProcess([(saved_model, signature, inputs), ...]) as process:
    wall = process.seconds(0, 100)["wall"]
"""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO, Any, cast

import numpy as np

from benchmarks.documents.folders import ROOT
from hnn_tf.export import serving_constraints


class CApiProcess:
    """A process that runs numbered requests, and ends with the `with` block.

    Args:
      requests: The requests; each is a SavedModel's folder, the name of a signature, and arrays by input name.
    """

    def __init__(self, requests: Sequence[tuple[str | os.PathLike, str, Mapping[str, np.ndarray]]]) -> None:
        self._requests = [_request(*request) for request in requests]

    def __enter__(self) -> "CApiProcess":
        # TensorFlow is found without importing it.
        spec = importlib.util.find_spec("tensorflow")
        if spec is None or spec.submodule_search_locations is None:
            raise RuntimeError("the package tensorflow is not installed; pip install tensorflow")
        self._errors = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.cost.c_api_server", spec.submodule_search_locations[0]],
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
        """Returns the times of some runs of a request, in the form of `timing`."""
        return self._ask({"number": number, "runs": runs})

    def load(self, num_requests: int, num_threads: int) -> dict[str, Any]:
        """Runs many requests at once, drawn from all requests, and compares the answers with those of a single thread.

        Returns:
          `seconds`, the duration; `errors`, the number of requests that failed; `first_error`, the message of the first
          of them; `different`, the number of requests whose answer differed in a bit; and `megabytes`, the resident
          memory, which each thread measures about a thousand times. The first tenth of the requests, in which the
          process warms up, is not measured.
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
    definition = serving_constraints.signature_defs(serving_constraints.parsed(pathlib.Path(saved_model)))[signature]
    arrays = {definition.inputs[key].name: [array.dtype.name, array.tolist()] for key, array in inputs.items()}
    outputs = [info.name for info in definition.outputs.values()]
    return {"saved_model": os.fspath(saved_model), "inputs": arrays, "outputs": outputs}
