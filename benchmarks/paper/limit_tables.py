"""The numbers of docs/known_limits.md, with the numbers to which they are compared."""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from benchmarks.documents.markdown_tables import number, spread, table
from hnn_tf.evaluation.published_results import PUBLISHED_RESULTS

ROWS = {
    "energy": [
        ("mass_spring", "clean", "energy_mse"),
        ("mass_spring", "clean", "energy_drift"),
        ("pendulum", "clean", "energy_mse"),
        ("pendulum", "clean", "energy_drift"),
        ("two_body", "clean", "energy_mse"),
        ("two_body", "clean", "energy_drift"),
        ("three_body", "clean", "energy_mse"),
        ("three_body", "clean", "energy_mse_median"),
    ],
    "friction": [
        ("real_pendulum", "paper", "energy_mse"),
        ("real_pendulum", "clean", "energy_mse"),
        ("real_pendulum", "clean", "coordinate_mse"),
        ("real_pendulum", "clean", "energy_drift"),
        ("real_pendulum", "clean", "measured_energy_drift"),
    ],
    "two_body": [
        ("two_body", "clean", "valid_prediction_time"),
        ("two_body", "clean", "coordinate_mse"),
        ("two_body", "clean", "momentum_mse"),
        ("two_body", "clean", "angular_momentum_mse"),
        ("three_body", "clean", "valid_prediction_time"),
    ],
    "pixels": [
        ("pixel_pendulum", "paper", "test_loss"),
        ("pixel_pendulum", "clean", "test_loss"),
        ("pixel_pendulum", "paper", "energy_mse"),
        ("pixel_pendulum", "paper", "angle_within_tolerance"),
        ("pixel_pendulum", "clean", "energy_mse"),
        ("pixel_pendulum", "clean", "angle_within_tolerance"),
    ],
}
"""The rows of each section's table. A row is a task, a protocol and a metric."""

COMPARED = ("test_loss", "test_reconstruction_loss", "energy_mse", "angle_within_tolerance")
"""The metrics that are shown together with PyTorch's."""


def sections(
    metrics: Mapping[str, Any],
    ablations: Mapping[str, Sequence[Mapping[str, float]]],
    pytorch: Mapping[str, Any],
    pytorch_pixels: Mapping[str, Any],
) -> dict[str, str]:
    """Returns the Markdown of every section, with medians over the seeds (least - largest).

    Args:
      metrics: The metrics of `paper_table.json`.
      ablations: The content of `pixel_ablation.json`.
      pytorch: The content of `torch_two_body.json`.
      pytorch_pixels: The content of `torch_pixel_pendulum.json`.
    """
    parts = {name: _rows(metrics, rows) for name, rows in ROWS.items()}
    return parts | {
        "ablation": _ablation(ablations),
        "pytorch": draws(pytorch),
        "pytorch_pixels": beside_pytorch("pixel_pendulum", metrics["pixel_pendulum"]["paper"], pytorch_pixels),
    }


def _rows(metrics: Mapping[str, Any], rows: Sequence[tuple[str, str, str]]) -> str:
    lines = [["task, protocol", "metric", "HNN", "baseline", "second order"]]
    for task, protocol, metric in rows:
        values = metrics[task][protocol][metric]
        second = spread(values["second_order"]) if "second_order" in values else ""
        lines.append([f"{task}, {protocol}", f"`{metric}`", spread(values["hnn"]), spread(values["baseline"]), second])
    return table(lines)


def _ablation(ablations: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    names = list(next(iter(ablations.values()))[0])
    lines = [["pixel_pendulum, clean", *(f"`{name}`" for name in names)]]
    for variant, runs in ablations.items():
        lines.append([variant, *(spread([run[name] for run in runs]) for name in names)])
    return table(lines, labels=1)


def beside_pytorch(task: str, ours: Mapping[str, Any], pytorch: Mapping[str, Any]) -> str:
    """Returns a table of the last step of every seed, for a task's runs by the paper protocol and for PyTorch."""
    lines = [[f"{task}, paper", "ours", f"PyTorch {_version(pytorch)}, same data", "published"]]
    for name in COMPARED:
        if name in pytorch["hnn"]:
            published = PUBLISHED_RESULTS[task].get(name)
            shown = number(published["hnn"]) if published else ""
            lines.append([f"`{name}`", spread(ours[name]["hnn"]), spread(pytorch["hnn"][name]), shown])
    return table(lines, labels=1)


def draws(pytorch: Mapping[str, Any]) -> str:
    """Returns a table of the last 2000 steps of every seed, here and in PyTorch.

    The table has quantiles, and the share below the published number.
    """
    quantities = [
        "10 % quantile",
        "median",
        "90 % quantile",
        "share up to the published number",
        "median at the last step",
    ]
    lines = [["two_body, paper", *quantities]]
    for metric, limit in published("two_body").items():
        for name, scores in pytorch["draws"].items():
            values = [score[metric] for score in scores]
            last = max(score["step"] for score in scores)
            ends = [score[metric] for score in scores if score["step"] == last]
            shown = f"PyTorch {_version(pytorch)}" if name == "PyTorch" else "ours"
            low, *_, high = quantiles(values, n=10, method="inclusive")
            share = sum(value <= limit for value in values) / len(values)
            row = [number(low), number(median(values)), number(high), f"{share:.0%}", number(median(ends))]
            lines.append([f"`{metric}`, {shown}, {len(ends)} seeds", *row])
    return table(lines, labels=1)


def published(task: str) -> dict[str, float]:
    """Returns the paper's numbers for its HNN on test data, by metric."""
    return {name: PUBLISHED_RESULTS[task][name]["hnn"] for name in ("test_loss", "energy_mse")}


def _version(pytorch: Mapping[str, Any]) -> str:
    return pytorch["torch"].split("+")[0]
