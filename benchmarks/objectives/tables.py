"""The tables of docs/objectives.md."""

import platform
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.documents.markdown_tables import number, spread, table
from benchmarks.objectives import cases
from benchmarks.objectives.methods import METHODS
from hnn_tf.version import __version__

PLAIN = "derivative"
"""The method with which all others are compared: derivative matching at the noisy states, as in the paper."""

METRICS = ("clean_test_loss", "energy_mse", "coordinate_mse", "inner_coordinate_mse", "fit_seconds")


def document(results: Mapping[str, Mapping[str, Any]], seeds: int) -> dict[str, Any]:
    """Returns the content of docs/results/objectives.json, with the values by seed of every table and figure."""

    def by_seed(prefix: str, count: int = seeds) -> dict[str, list[float | None]]:
        found = [results[f"{prefix}-{seed}"] for seed in range(count)]
        names = dict.fromkeys(name for run in found for name in run if name != "failed")
        return {name: [run.get(name) for run in found] for name in names}

    few = min(seeds, cases.SWEEP_SEEDS)
    swept = cases.SWEPT
    return {
        "versions": {"hnn_tf": __version__, "python": platform.python_version()},
        "planar": {task: {method: by_seed(f"{task}-{method}") for method in METHODS} for task in cases.TASKS},
        "real_pendulum": {
            f"{model}, {objective}": by_seed(f"real-{model}-{objective}") for model, objective, _ in cases.REAL
        },
        "friction": dict(results["friction"]),
        "closed_form": {task: by_seed(f"torch-{task}") for task in cases.TASKS},
        "noise_free": {problem: dict(results[f"noise_free-{problem}"]) for problem in cases.PROBLEMS},
        "noise": {
            method: {str(noise): by_seed(f"noise-{noise}-{method}", few) for noise in cases.NOISES} for method in swept
        },
        "count": {
            method: {str(count): by_seed(f"count-{count}-{method}", few) for count in cases.COUNTS} for method in swept
        },
    }


def sections(results: Mapping[str, Any]) -> dict[str, str]:
    """Returns the texts, by name, of the parts of the page that the command writes."""
    planar = {f"objectives_{task}": _planar(methods) for task, methods in results["planar"].items()}
    (seeds,) = {len(values["clean_test_loss"]) for methods in results["planar"].values() for values in methods.values()}
    of_seeds = "of one seed only" if seeds == 1 else f"medians over {seeds} seeds (least – largest)"
    return planar | {
        "objectives_seeds": f"The numbers are {of_seeds}.\n",
        "objectives_real_pendulum": _real(results["real_pendulum"]),
        "objectives_friction": _friction(results["friction"]),
        "objectives_closed_form": _closed_form(results["closed_form"]),
        "objectives_noise_free": _noise_free(results["noise_free"]),
    }


def ratio(methods: Mapping[str, Any], method: str, metric: str) -> float:
    """Returns how many times smaller a method's median is than that of plain derivative matching."""
    return median(methods[PLAIN][metric]) / median(methods[method][metric])


def median(values: Sequence[float | None]) -> float:
    """Returns the median over seeds, in which a failed run counts as infinite."""
    ordered = sorted(float("inf") if value is None else value for value in values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else 0.5 * (ordered[middle - 1] + ordered[middle])


def _spread(values: list[float | None]) -> str:
    return number(values[0]) if len(values) == 1 and values[0] is not None else spread(values)


def _planar(methods: Mapping[str, Any]) -> str:
    rows = [["method", *(f"`{metric}`" for metric in METRICS)]]
    for method, metrics in methods.items():
        cells = [
            _spread(metrics[m])
            + ("" if method == PLAIN or m == "fit_seconds" else f" ÷{ratio(methods, method, m):.3g}")
            if m in metrics
            else ""
            for m in METRICS
        ]
        rows.append([method, *cells])
    return table(rows, labels=1)


def _real(models: Mapping[str, Any]) -> str:
    names = ("energy_mse", "coordinate_mse", "friction", "fit_seconds")
    rows = [["model, objective", *(f"`{name}`" for name in names)]]
    rows += [[model, *(_spread(m[name]) if name in m else "" for name in names)] for model, m in models.items()]
    return table(rows, labels=1)


def _friction(found: Mapping[str, float]) -> str:
    low, value, high = (f"{found[f'friction_{name}']:.4f}" for name in ("low", "value", "high"))
    return f"The coefficient of friction is {value} 1/s, with a 95 % interval from {low} to {high}.\n"


def _closed_form(tasks: Mapping[str, Any]) -> str:
    head = ["task", "closed form: time (s)", "PyTorch: time (s)", "times faster", "closed form: loss", "PyTorch: loss"]
    rows = [head]
    for task, found in tasks.items():
        faster = median(found["torch_seconds"]) / median(found["closed_form_seconds"])
        names = ("closed_form_seconds", "torch_seconds", "closed_form_clean_test_loss", "torch_clean_test_loss")
        cells = [_spread(found[name]) for name in names]
        rows.append([task, *cells[:2], f"{faster:.0f}", *cells[2:]])
    return table(rows, labels=1)


def _noise_free(problems: Mapping[str, Any]) -> str:
    rows = [["problem", "closed form: error", "time (s)", "HNN, 10 000 Adam steps: error", "time (s)", "times smaller"]]
    for problem, found in problems.items():
        cells = [number(found[name]) for name in ("closed_form", "closed_form_seconds", "adam", "adam_seconds")]
        rows.append([problem, *cells, number(found["adam"] / found["closed_form"])])
    return table(rows, labels=1)
