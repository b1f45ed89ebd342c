"""A summary document of runs with several seeds, and its Markdown tables."""

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.documents.markdown_tables import number, spread, table
from benchmarks.paper.result_notes import FLOORS, QUIRKS
from hnn_tf.evaluation.published_results import PUBLISHED_RESULTS

Summary = dict[str, Any]
"""A summary of runs.

It is {"made_by": task -> protocol -> {"code", "versions"}, "metrics": task -> protocol -> metric -> model -> numbers},
with one number for each seed.
"""

Values = dict[str, list[float | None]]

PAPER_METRICS = ("train_loss", "test_loss", "energy_mse")
CHIEF_CLEAN_METRICS = (
    "clean_test_loss",
    "energy_mse",
    "coordinate_mse",
    "valid_prediction_time",
    "energy_drift",
    "angle_within_tolerance",
)
README_ROWS = (
    ("mass_spring", "energy_mse", "mean squared energy error"),
    ("pendulum", "energy_mse", "mean squared energy error"),
    ("real_pendulum", "energy_mse", "mean squared energy error"),
    ("two_body", "energy_mse", "mean squared energy error"),
    ("three_body", "energy_mse", "mean squared energy error"),
    ("pixel_pendulum", "energy_mse", "mean squared energy error"),
    ("mass_spring", "coordinate_mse", "mean squared coordinate error"),
    ("two_body", "valid_prediction_time", "valid prediction time (more is better)"),
)
"""The few rows of the README: the task, the metric of the clean protocol, and the metric in words."""

WITHOUT_RATIO = (
    "valid_prediction_time",
    "angle_within_tolerance",
    "clean_test_loss_top_share",
    "measured_energy_drift",
)
"""The metrics for which more is better, or neither more nor less is better."""

MODELS = {"hnn": "HNN", "baseline": "baseline", "second_order": "second order"}


def summary(runs: Mapping[str, Mapping[str, Mapping[str, Sequence[dict[str, Any]]]]], *, code: str = "") -> Summary:
    """Returns the numbers of the runs' metrics.json that the tables need.

    Args:
      runs: Task -> protocol -> model -> one document per seed. The documents of "hnn" also have a baseline.
      code: A digest of the code that made the documents.
    """
    metrics: dict[str, Any] = {}
    made_by: dict[str, Any] = {}
    for task, protocols in runs.items():
        metrics[task], made_by[task] = {}, {}
        for protocol, models in protocols.items():
            by_model = {model: [document["metrics"] for document in found] for model, found in models.items()}
            by_model["baseline"] = [document["baseline"]["metrics"] for document in models["hnn"]]
            made_by[task][protocol] = {"code": code, "versions": models["hnn"][0]["versions"]}
            names = dict.fromkeys(name for found in by_model.values() for numbers in found for name in numbers)
            metrics[task][protocol] = {
                # A run whose rollouts diverged has null.
                name: {
                    model: [numbers.get(name) for numbers in by_model[model]] for model in MODELS if model in by_model
                }
                for name in names
            }
    return {"made_by": made_by, "metrics": metrics}


def merged(before: Summary, new: Summary) -> Summary:
    """Returns the earlier document, in which the new one's tasks and protocols replace its own."""
    return {
        part: before.get(part, {})
        | {task: before.get(part, {}).get(task, {}) | protocols for task, protocols in new[part].items()}
        for part in ("made_by", "metrics")
    }


def page(results: Summary) -> str:
    """Returns all metrics of all tasks as one page: medians over the seeds, with the least and the largest value."""
    parts = [
        "# All metrics of all tasks\n",
        "The numbers are medians over the seeds (least – largest). Losses and energy errors are mean squared errors. "
        "[Reading the results](../reading_results.md) explains every metric.\n",
        QUIRKS,
    ]
    for task, protocols in results["metrics"].items():
        parts.append(f"## {task}\n")
        for protocol, metrics in protocols.items():
            parts.append(_task_table(task, protocol, metrics))
    return "\n".join([*parts, _made_by(results)])


def readme_table(results: Summary) -> str:
    """Returns the rows of the README: each task's energy error under the clean protocol, and other chief metrics."""
    rows = [["task", "measured", "HNN", "baseline", "baseline / HNN"]]
    for task, name, words in README_ROWS:
        clean = results["metrics"].get(task, {}).get("clean", {})
        if name in clean:
            _, _, *cells = _row(task, name, clean[name])
            rows.append([task, words, *cells])
    return f"{table(rows)}\nThe numbers are medians over {_seeds(results)} seeds (least – largest).\n"


def chief_table(results: Summary) -> str:
    """Returns the published metrics with the published numbers, and the chief metrics of the clean protocol."""
    rows = [["paper protocol", "metric", "HNN", "baseline", "baseline / HNN", "paper's HNN", "paper's baseline"]]
    for task, protocols in results["metrics"].items():
        for name in (name for name in PAPER_METRICS if name in protocols.get("paper", {})):
            published = PUBLISHED_RESULTS[task][name]
            row = _row(task, name, protocols["paper"][name])
            rows.append([*row, number(published["hnn"]), number(published["baseline"])])
    tables = [f"The numbers are medians over {_seeds(results)} seeds (least – largest).\n", table(rows)]
    rows = [["clean protocol", "metric", "HNN", "baseline", "baseline / HNN"]]
    for task, protocols in results["metrics"].items():
        clean = protocols.get("clean", {})
        rows += [_row(task, name, clean[name]) for name in CHIEF_CLEAN_METRICS if name in clean]
    return "\n".join([*tables, table(rows), _made_by(results)])


def ratio(values: Values) -> float:
    """Returns the median over the seeds of the ratio baseline / HNN, where both are from the same run.

    A baseline that diverged is infinitely worse. The ratio is NaN if the HNN diverged in every run.
    """
    pairs = [(b, h) for b, h in zip(values["baseline"], values["hnn"], strict=True) if h is not None]
    ratios = [math.inf if b is None or h == 0 else b / h for b, h in pairs]
    return median(ratios) if ratios else math.nan


def _task_table(task: str, protocol: str, metrics: Mapping[str, Values]) -> str:
    models = [model for model in MODELS if model in metrics["train_loss"]]
    published = PUBLISHED_RESULTS[task] if protocol == "paper" else {}
    columns = [*(MODELS[model] for model in models), "baseline / HNN"]
    columns += ["paper's HNN", "paper's baseline"] * bool(published) + ["floor"]
    rows = [[f"{protocol} protocol, {len(metrics['train_loss']['hnn'])} seeds", *columns]]
    for name, values in metrics.items():
        if name in FLOORS.values():
            continue
        row = [f"`{name}`", *(spread(values[model]) for model in models)]
        row.append("" if name in WITHOUT_RATIO else number(ratio(values)))
        if published:
            row += [number(published[name][model]) if name in published else "" for model in ("hnn", "baseline")]
        floor = metrics.get(FLOORS.get(name, ""))
        rows.append([*row, number(_median(floor["hnn"])) if floor else ""])
    return table(rows, labels=1)


def _seeds(results: Summary) -> str:
    counts = {len(m["train_loss"]["hnn"]) for protocols in results["metrics"].values() for m in protocols.values()}
    return " to ".join(str(count) for count in sorted({min(counts), max(counts)}))


def _made_by(results: Summary) -> str:
    made = [each["versions"] for protocols in results["made_by"].values() for each in protocols.values()]
    names = dict.fromkeys(name for versions in made for name in versions)
    shown = [f"{name} {' and '.join(dict.fromkeys(versions.get(name, '?') for versions in made))}" for name in names]
    return f"`make table` made these numbers with {', '.join(shown)}.\n"


def _row(task: str, name: str, values: Values) -> list[str]:
    times = "" if name in WITHOUT_RATIO else number(ratio(values))
    return [task, f"`{name}`", spread(values["hnn"]), spread(values["baseline"]), times]


def _median(values: list[float | None]) -> float:
    finite = [value for value in values if value is not None]
    return median(finite) if finite else math.nan
