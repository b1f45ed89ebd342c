"""The numbers of docs/known_limits.md, each beside what it is compared with."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.result_tables import number, spread, table
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
"""Section -> the rows of its table: task, protocol, metric."""


def sections(
    metrics: Mapping[str, Any], ablations: Mapping[str, Sequence[Mapping[str, float]]], pytorch: Mapping[str, Any]
) -> dict[str, str]:
    """Markdown of every section: medians over the seeds (least - largest).

    Args:
      metrics: Of `paper_table.json`.
      ablations: `pixel_ablation.json`.
      pytorch: `torch_two_body.json`.
    """
    parts = {name: _rows(metrics, rows) for name, rows in ROWS.items()}
    return parts | {"ablation": _ablation(ablations), "pytorch": _pytorch(metrics["two_body"]["paper"], pytorch)}


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


def _pytorch(ours: Mapping[str, Any], pytorch: Mapping[str, Any]) -> str:
    lines = [["two_body, paper", "ours", f"PyTorch {pytorch['torch'].split('+')[0]}, same data", "published"]]
    for name, values in pytorch["hnn"].items():
        published = number(PUBLISHED_RESULTS["two_body"][name]["hnn"])
        lines.append([f"`{name}`", spread(ours[name]["hnn"]), spread(values), published])
    return table(lines, labels=1)
