"""The errors of the derivative estimators on noisy trajectories of known systems."""

import json
import sys

import numpy as np
from absl import flags

from benchmarks.documents import doc_section
from benchmarks.documents.folders import RESULTS
from benchmarks.documents.markdown_tables import table
from benchmarks.objectives.tables import median
from hnn_tf import data, derivative_estimators, systems

CASES = {
    "pendulum, noise 0.1": ("pendulum", 0.1, 1.0),
    "pendulum, noise 0.01": ("pendulum", 0.01, 1.0),
    "mass_spring, noise 0.1": ("mass_spring", 0.1, 1.0),
    "pendulum, noise 0.1, irregular": ("pendulum", 0.1, 0.5),
}
"""The task, the standard deviation of the noise, and the fraction of kept readings.

For the fraction 0.5, a trajectory first has twice as many readings, of which a random half is kept.
"""


def errors(task: str, noise_std: float, kept: float, seed: int) -> dict[str, dict[str, float]]:
    """Returns each estimator's rms errors of derivative and states, and its noise estimate, over both coordinates."""
    system = {"pendulum": systems.Pendulum, "mass_spring": systems.MassSpring}[task]()
    count, radius = {"pendulum": (45, (1.3, 2.3)), "mass_spring": (30, (0.1, 1.0))}[task]
    rng = np.random.default_rng(seed)
    times = np.linspace(0.0, 3.0, count if kept == 1 else round(count / kept))
    if kept < 1:
        times = times[np.sort(rng.choice(len(times), count, replace=False))]
    starts = data.sample_on_radius(rng, 25, radius=radius)
    trajectories = data.generate_trajectories(system, starts, times, noise_std=noise_std, rng=rng)
    found = {}
    for name, estimator in derivative_estimators.DERIVATIVE_ESTIMATORS.items():
        estimate = estimator().estimate(trajectories.times, trajectories.states)
        found[name] = {
            "derivative": _size(estimate.time_derivatives - trajectories.time_derivatives),
            "states": _size(estimate.states - trajectories.clean_states),
            "noise_std": float(np.mean(estimate.noise_std)),
        }
    return found


def _size(difference: np.ndarray) -> float:
    return float(np.sqrt(np.mean(difference**2)))


def section(results: dict[str, dict[str, dict[str, list[float]]]]) -> str:
    """Returns the table, with medians over seeds."""
    rows = [["data", "estimator", "error of the derivatives", "error of the states", "estimated noise"]]
    for case, estimators in results.items():
        for name, found in estimators.items():
            cells = [f"{median(found[what]):.3g}" for what in ("derivative", "states", "noise_std")]
            rows.append([case, f"`{name}`", *cells])
    return table(rows)


def main() -> None:
    """Measures the errors, and writes `docs/results/derivative_errors.json` and its table."""
    results: dict[str, dict[str, dict[str, list[float]]]] = {}
    for case, (task, noise_std, kept) in CASES.items():
        by_seed = [errors(task, noise_std, kept, seed) for seed in range(flags.FLAGS.seeds)]
        results[case] = {
            name: {what: [found[name][what] for found in by_seed] for what in first}
            for name, first in by_seed[0].items()
        }
        sys.stderr.write(f"{case}\n")
    (RESULTS / "derivative_errors.json").write_text(json.dumps(results, indent=1, allow_nan=False) + "\n")
    doc_section.replace(doc_section.OBJECTIVES, "derivative_errors", section(results))
    sys.stdout.write(section(results))
