"""Runs of several seeds as a small document, and that as Markdown tables."""

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

from hnn_tf.evaluation.published_results import PUBLISHED_RESULTS

Summary = dict[str, Any]
"""{"versions", "metrics": task -> protocol -> metric -> model -> a number for each seed}."""

Values = dict[str, list[float | None]]

PAPER_METRICS = ("train_loss", "test_loss", "energy_mse")
CLEAN_METRICS = (
    "test_loss",
    "clean_test_loss",
    "energy_mse",
    "coordinate_mse",
    "valid_prediction_time",
    "energy_drift",
    "ood_energy_mse",
)


def summary(runs: dict[str, dict[str, Sequence[dict[str, Any]]]]) -> Summary:
    """What the tables need of the runs' metrics.json: task -> protocol -> one document a seed, with a baseline."""
    metrics = {
        task: {
            protocol: {
                # Of a run whose rollouts diverged, null.
                name: {
                    "hnn": [document["metrics"].get(name) for document in documents],
                    "baseline": [document["baseline"]["metrics"].get(name) for document in documents],
                }
                for name in dict.fromkeys(name for document in documents for name in document["metrics"])
            }
            for protocol, documents in protocols.items()
        }
        for task, protocols in runs.items()
    }
    any_run = next(iter(next(iter(runs.values())).values()))[0]
    return {"versions": any_run["versions"], "metrics": metrics}


def markdown(results: Summary) -> str:
    """One table a protocol: medians over the seeds, with the least and the largest value."""
    metrics = results["metrics"]
    seeds = len(next(iter(metrics.values()))["paper"]["test_loss"]["hnn"])
    tables = [f"Medians over {seeds} seeds (least – largest).\n"]
    rows = [["paper protocol", "metric", "HNN", "baseline", "baseline / HNN", "paper's HNN", "paper's baseline"]]
    for task, protocols in metrics.items():
        for name in PAPER_METRICS:
            published = PUBLISHED_RESULTS[task][name]
            row = _row(task, name, protocols["paper"][name])
            rows.append([*row, _number(published["hnn"]), _number(published["baseline"])])
    tables.append(_table(rows))
    rows = [["clean protocol", "metric", "HNN", "baseline", "baseline / HNN"]]
    for task, protocols in metrics.items():
        clean = protocols["clean"]
        for name in (name for name in CLEAN_METRICS if name in clean):
            row = _row(task, name, clean[name])
            if name == "valid_prediction_time":  # the more, the better
                row[-1] = ""
            if f"measured_{name}" in clean:  # not 0, but this is right
                row[-1] = f"measured: {_number(clean[f'measured_{name}']['hnn'][0])}"
            rows.append(row)
    tables.append(_table(rows))
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return "\n".join([*tables, f"Made by `make table` with {versions}.\n"])


def ratio(values: Values) -> float:
    """Median over the seeds of baseline / HNN, both of the same run; a baseline that diverged is infinitely worse."""
    pairs = zip(values["baseline"], values["hnn"], strict=True)
    return median(math.inf if b is None else b / h for b, h in pairs if h is not None)


def _row(task: str, name: str, values: Values) -> list[str]:
    return [task, f"`{name}`", _spread(values["hnn"]), _spread(values["baseline"]), _number(ratio(values))]


def _spread(values: list[float | None]) -> str:
    finite = [value for value in values if value is not None]
    diverged = f", {len(values) - len(finite)} diverged" if len(finite) < len(values) else ""
    if not finite:
        return "all diverged"
    return f"{_number(median(finite))} ({_number(min(finite))} – {_number(max(finite))}{diverged})"


def _number(value: float) -> str:
    return f"{value:.3g}" if 1e-2 <= value < 1000 else f"{value:.2e}"


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * 2 + ["---:"] * (len(head) - 2), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
