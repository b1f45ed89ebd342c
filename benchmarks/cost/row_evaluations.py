"""The costs of evaluations of many samples in the calling process."""

import pathlib
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from hnn_tf import HamiltonianNetwork, MLPHamiltonian, TrainingLoop
from hnn_tf.data import to_tf_dataset
from hnn_tf.evaluation import derivative_error_spread, derivative_mse
from hnn_tf.objectives import DerivativeMatching

BATCH_SIZE = 256

Results = dict[str, dict[str, float]]
"""The results by name: `seconds`, and `megabytes`, the largest memory of the process beyond that of the data."""


def first_batch(rows: int) -> Results:
    """Measures the first shuffled batch.

    The time is the least of three tries, because the load of other processes can lengthen a try.
    """
    samples = _samples(rows)
    few = {name: column[:10] for name, column in samples.items()}
    next(iter(to_tf_dataset(few, batch_size=4, seed=0)))  # loads the parts that TensorFlow loads only once
    base = _with_copy(samples)
    tries = [_measured(base, lambda: next(iter(to_tf_dataset(samples, batch_size=BATCH_SIZE, seed=0)))) for _ in "abc"]
    # The memory of later tries contains the copies of earlier ones.
    return {"first shuffled batch": tries[0] | {"seconds": min(each["seconds"] for each in tries)}}


def evaluations(rows: int) -> Results:
    """Measures losses and derivative errors."""
    samples = _samples(rows)
    model = HamiltonianNetwork(MLPHamiltonian(hidden_units=(200, 200)))
    model.build([None, 2])
    base = _with_copy(samples)
    loop = TrainingLoop(model, DerivativeMatching(), keras.optimizers.Adam(), samples, batch_size=BATCH_SIZE)
    calls: dict[str, Callable[[], Any]] = {
        "loss": loop.loss,
        "loss of arrays": lambda: loop.loss(samples),
        "derivative_mse": lambda: derivative_mse(model, samples),
        "derivative_error_spread": lambda: derivative_error_spread(model, samples),
    }
    return {name: _measured(base, call) for name, call in calls.items()}


def _samples(rows: int) -> dict[str, Any]:
    state = np.random.default_rng(0).standard_normal([rows, 2], np.float32)
    return {"state": state, "time_derivative": state[:, ::-1] * np.array([1, -1], np.float32)}


def _with_copy(samples: dict[str, Any]) -> float:
    """Returns the megabytes of the process when it also holds a copy of the samples."""
    return _megabytes("VmRSS") + sum(column.nbytes for column in samples.values()) / 2**20


def _measured(base: float, call: Callable[[], Any]) -> dict[str, float]:
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    began = time.perf_counter()
    call()
    return {"seconds": time.perf_counter() - began, "megabytes": _megabytes("VmHWM") - base}


def _megabytes(name: str) -> float:
    """Returns the value of a line of /proc/self/status: VmRSS, the present memory, or VmHWM, the largest memory."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024
