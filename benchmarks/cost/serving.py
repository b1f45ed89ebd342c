"""The cost of an exported model for its server: time, disk, the export itself, and a test under load."""

import contextlib
import functools
import json
import os
import pathlib
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from absl import flags

from benchmarks.cost import serving_load, smallest_graphs
from benchmarks.cost.c_api_process import CApiProcess
from benchmarks.cost.cost_tables import ratios, row, spread
from benchmarks.cost.timing import timing
from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from hnn_tf import models
from hnn_tf.export.saved_model import export_model
from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.input_error import OptionError

EXPORT, ONE, MANY = "time_derivative", "one state", "1000 states"
BATCH_SIZES, RUNS = {ONE: 1, MANY: 1000}, {ONE: 500, MANY: 50}
XLA = "XLA in Python"
BASELINES = {ONE: "two products", MANY: XLA}
"""The graphs with which the export is compared."""
LABELS = {
    EXPORT: "the export, in a C API session",
    "session alone": "a graph that returns the state",
    "two products": "two matrix products with tanh: the hidden layers, forward only",
    "same arithmetic": "the same arithmetic in the smallest graph",
    XLA: "the model in Python, compiled by XLA",
}
CLOCKS = {"wall": "wall time (µs)", "processor": "processor time of all cores (µs)"}
"""The measured times. Other work on the machine lengthens the wall time, but hardly changes the processor time."""
EXPORT_REPEATS = 3


def main() -> None:
    """Measures the costs, and prints the tables."""
    settings = flags.FLAGS
    keras.utils.set_random_seed(0)
    built = _models()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        exports, paths = _exports(built, folder)
        document = {
            "machine": f"{os.cpu_count()} cores, {platform.machine()}",
            "exports": exports,
            "seconds": _speeds(built["hnn"], paths["hnn"], folder, settings.repeats),
            "load": _load(paths["hnn"], settings.requests, settings.threads),
        }
    sys.stdout.write(markdown(document))
    if settings.update_docs:
        with atomic_file(RESULTS / "serving_cost.json") as temporary_file:
            temporary_file.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
        doc_section.replace(doc_section.SERVING, "serving_cost", markdown(document))


def _models() -> dict[str, Any]:
    """Returns every model of one degree of freedom, with the paper's widths."""
    found: dict[str, Any] = {}
    options: dict[str, Any] = {"hidden_units": (200, 200), "activation": "tanh", "dtype": "float32"}
    for name in ("hnn", *sorted(set(models.MODELS) - {"hnn"})):
        with contextlib.suppress(OptionError):  # a model of bodies has no single degree of freedom
            found[name] = models.MODELS[name](**options)
            found[name].build([None, 2])
    frame_shape = (28, 28, 2)
    found["pixel hnn"] = models.LatentHamiltonianNetwork(
        models.ResidualMLP(2, hidden_units=200),
        models.ResidualMLP(28 * 28 * 2, hidden_units=200),
        models.MODELS["hnn"](**options),
        frame_shape=frame_shape,
    )
    found["pixel hnn"].build([None, *frame_shape])
    return found


def _exports(built: dict[str, Any], folder: pathlib.Path) -> tuple[dict[str, dict], dict[str, pathlib.Path]]:
    """Returns the seconds and bytes of the exports, and their folders, by model."""
    exports: dict[str, dict] = {}
    paths: dict[str, pathlib.Path] = {}
    for _ in range(EXPORT_REPEATS):
        for name, model in built.items():
            began = time.perf_counter()
            paths[name] = export_model(model, folder / name.replace(" ", "_"))
            exports.setdefault(name, {"seconds": []})["seconds"].append(time.perf_counter() - began)
    for name, path in paths.items():
        exports[name]["bytes"] = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        exports[name]["weight_bytes"] = sum(weights.nbytes for weights in built[name].get_weights())
    return exports, paths


def _speeds(model: Any, path: pathlib.Path, folder: pathlib.Path, repeats: int) -> dict[str, dict[str, dict]]:
    """Returns lists of `wall` and `processor` seconds of a request, by batch size and graph; all graphs take turns."""
    graphs = {EXPORT: (path, "time_derivative")}
    graphs |= {name: (graph, "serving_default") for name, graph in smallest_graphs.write(model, folder).items()}
    states = np.random.default_rng(0).normal(size=[max(BATCH_SIZES.values()), 2]).astype("float32")
    compiled = tf.function(model.call, jit_compile=True, autograph=False)

    def local(inputs: tf.Tensor) -> np.ndarray:
        return compiled(inputs).numpy()  # the result is copied, like the answer of a request

    keys = [(batch, name) for batch in BATCH_SIZES for name in graphs]
    with CApiProcess([(*graphs[name], {"state": states[: BATCH_SIZES[batch]]}) for batch, name in keys]) as process:
        measures: dict[tuple[str, str], Callable[[], dict[str, float]]] = {}
        for number, (batch, name) in enumerate(keys):
            measures[batch, name] = functools.partial(process.seconds, number, RUNS[batch])
        for batch, size in BATCH_SIZES.items():
            function = functools.partial(local, tf.constant(states[:size]))
            measures[batch, XLA] = functools.partial(timing, function, RUNS[batch])
        for measure in measures.values():
            measure()  # the first call warms up
        runs = []
        for repeat in range(repeats):
            runs.append({key: measure() for key, measure in measures.items()})
            sys.stderr.write(f"{len(measures)} measurements: {repeat + 1}/{repeats}\n")
    return {
        batch: {name: {clock: [run[batch, name][clock] for run in runs] for clock in CLOCKS} for name in LABELS}
        for batch in BATCH_SIZES
    }


def _load(path: pathlib.Path, num_requests: int, num_threads: int) -> dict[str, Any]:
    sys.stderr.write(f"{num_requests} requests from {num_threads} threads\n")
    return serving_load.run(path, num_requests=num_requests, num_threads=num_threads)


def markdown(document: dict) -> str:
    """Returns the costs as Markdown tables, as medians with the least and the largest value."""
    lines = ""
    for batch, baseline in BASELINES.items():
        head = [f"`time_derivative` of the pendulum's HNN, {batch}"]
        for unit in CLOCKS.values():
            head += [unit, f"relative to {baseline}"]
        lines += row(head) + row(["---", *["---:"] * (len(head) - 1)])
        costs = document["seconds"][batch]
        for name, label in LABELS.items():
            cells = [label]
            for clock in CLOCKS:
                seconds = costs[name][clock]
                cells += [spread([1e6 * s for s in seconds]), spread(ratios(seconds, costs[baseline][clock]))]
            lines += row(cells)
        lines += "\n"
    head = ["model", "time of the export (s)", "size on disk (kB)", "size of the weights (kB)"]
    lines += row(head) + row(["---", *["---:"] * 3])
    for name, export in document["exports"].items():
        sizes = (f"{export[key] / 1e3:,.0f}" for key in ("bytes", "weight_bytes"))
        lines += row([name, spread(export["seconds"]), *sizes])
    load = document["load"]
    first, last = load["megabytes"]
    lines += (
        f"\nIn a load test, {load['threads']} threads sent {load['requests']:,} requests of mixed signatures and batch "
        f"sizes in {load['seconds']:.0f} s. {load['errors']} requests failed. {load['different']} answers differed in "
        f"any bit from the answers that a single thread received. After a warm-up, the process used {first:.0f} MB of "
        f"resident memory during the first tenth of the requests, and {last:.0f} MB during the last tenth "
        f"({100 * (last / first - 1):+.1f} %).\n"
    )
    repeats = len(document["seconds"][ONE][EXPORT]["wall"])
    note = (
        f"The numbers are medians (least – largest). The times of calls come from {repeats} runs, and the times of "
        f"exports come from {EXPORT_REPEATS} exports. All of them were measured on {document['machine']}."
    )
    return f"{lines}\n{note}\n"
