"""The time and accuracy of simulating the data of three bodies."""

import json
import os
import platform
import sys
import time
from statistics import median

import numpy as np
import scipy.integrate
import tensorflow as tf
from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from hnn_tf import data, systems

NUM_TRAJECTORIES, NUM_TIMES, SPAN = 5000, 20, 5.0


def main() -> None:
    """Simulates the data, and prints the sentences about them."""
    settings = flags.FLAGS
    system, times = systems.NBody((1.0, 1.0, 1.0)), np.linspace(0.0, SPAN, NUM_TIMES)
    starts = data.sample_three_body(np.random.default_rng(0), NUM_TRAJECTORIES)
    seconds = []
    for repeat in range(settings.repeats):
        began = time.perf_counter()
        paths = data.generate_trajectories(system, starts, times).clean_states
        seconds.append(time.perf_counter() - began)
        sys.stderr.write(f"{repeat + 1}/{settings.repeats}: {seconds[-1]:.2f} s\n")
    positions = system.bodies(tf.constant(paths))[0].numpy()
    closest = np.linalg.norm(positions - np.roll(positions, 1, -1), axis=-2).min((1, 2))
    # Half of the compared trajectories have the closest observed encounters.
    half = settings.compared // 2
    chosen = [*np.argsort(closest)[:half], *range(settings.compared - half)]
    errors = []
    for i in chosen:
        expected = scipy.integrate.solve_ivp(
            lambda _, state: system.numpy_motion(state[np.newaxis])[0],
            (0.0, SPAN),
            starts[i],
            "DOP853",
            times,
            rtol=1e-13,
            atol=1e-14,
        ).y.T
        errors.append(float(np.abs(paths[i] - expected).max() / np.abs(expected).max()))
    document = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "seconds": seconds,
        "relative_errors": sorted(errors),
        "closest": float(closest.min()),
    }
    sys.stdout.write(markdown(document))
    if settings.update_docs:
        (RESULTS / "data_cost.json").write_text(json.dumps(document, indent=1) + "\n")
        doc_section.replace(doc_section.RESULTS, "data_cost", markdown(document))


def markdown(document: dict) -> str:
    """Returns a few sentences about the results."""
    seconds, errors = document["seconds"], document["relative_errors"]
    return (
        f"The simulation of the {NUM_TRAJECTORIES} trajectories of the task `three_body` takes {median(seconds):.1f} s "
        f"({min(seconds):.1f} – {max(seconds):.1f}) on {document['machine']}. `python -m benchmarks.data_cost` "
        f"measures this time, and compares {len(errors)} of the trajectories with solutions by SciPy's DOP853. "
        "Half of the compared trajectories are those with the closest encounters of all. The largest difference "
        f"from SciPy is {max(errors):.0e}, relative to the largest coordinate.\n"
    )
