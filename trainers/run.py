"""A run: flags to data, training, metrics, figures and export. Every trainer's main is this one."""

import hashlib
import importlib.util
import json
import math
import pathlib
import sys
import types
from typing import Any

import numpy as np

from hnn_tf import integrators
from hnn_tf.commands import command_line, interruption
from hnn_tf.commands.printable_text import write_lines
from hnn_tf.data import fingerprint
from hnn_tf.evaluation import report
from hnn_tf.export.saved_model import export_model
from hnn_tf.input_error import InputError
from trainers import fitting, run_folder
from trainers.checkpoint import Checkpoint
from trainers.model_file import save_model
from trainers.tasks import TASKS
from trainers.tasks.task import Models, Task, TaskData

INTEGRATING = ("one_step", "trajectory", "combined")
"""Objectives that step the models by --integrator."""


def main(task_name: str) -> None:
    """Runs the task of that name by the parsed flags; see `command_line.run` for how errors end."""
    task, flags = TASKS[task_name], command_line.own_flags()
    settings = types.SimpleNamespace(**flags)
    folder = pathlib.Path(settings.output_dir)
    interruption.on_interruption(lambda: f"nothing in {folder} was changed yet")
    recorded = run_folder.flags_text(flags)
    log_dir = _log_dir(settings, folder)
    for name, value in task.defaults(settings.protocol).items():
        if getattr(settings, name) is None:
            setattr(settings, name, value)
    labels = list(dict.fromkeys([settings.model] + ["baseline"] * settings.compare_baseline))
    untrained = {label: task.new_model(label, settings) for label in labels}
    # The baseline isn't exported.
    integrated = labels if settings.objective in INTEGRATING else [settings.model] * settings.export
    for label in integrated:
        integrators.get(settings.integrator).check(getattr(untrained[label], "dynamics", untrained[label]))
    objective = task.objective(settings)
    data = task.load(settings)
    data.hold_out(settings.objective, settings.validation_fraction)
    _check_batch_size(settings, data)
    with run_folder.claim(folder, recorded, resume=settings.resume) as lock:
        models: Models = {}
        seconds, metrics = {}, {}
        for label, model in untrained.items():
            checkpoint = Checkpoint(folder / "checkpoints" / f"{label}.npz", lock.check)
            seconds[label], losses = fitting.fit(
                model, objective, data, settings, checkpoint=checkpoint, log_dir=log_dir
            )
            models[label] = model
            metrics[label] = losses | _finite(label, _evaluate(model, objective, data, settings.protocol))
        lock.check()
        _write_results(task, settings, folder, models[settings.model], data, metrics, seconds)
        if settings.figures:
            lock.check()
            data.draw(folder / "figures", models)
        if settings.export:
            lock.check()
            _export(task, settings, folder, models[settings.model])
    write_lines([f"all files of this run: {folder}"])


def _export(task: Task, settings: Any, folder: pathlib.Path, model: Any) -> None:
    # Version 1 of a run is its only one, and there already if the run was finished before.
    if not (folder / "saved_model" / "1").exists():
        export_model(
            model,
            folder / "saved_model",
            version=1,
            name=task.name,
            integrator=settings.integrator,
            run=json.loads((folder / "metrics.json").read_text()),
        )


def _evaluate(model: Any, objective: Any, data: TaskData, protocol: str) -> dict[str, float]:
    # Of a rollout that diverges, `_finite` tells.
    with np.errstate(over="ignore", invalid="ignore"):
        metrics = data.evaluate(model, objective=objective, protocol=protocol)
    dissipation = getattr(getattr(model, "dynamics", model), "dissipation", None)
    friction = getattr(dissipation, "coefficient", None)
    if friction is not None:
        metrics["friction"] = float(np.mean(friction))
    return metrics


def _finite(label: str, metrics: dict[str, float]) -> dict[str, float]:
    """The finite metrics; of the others, a line on stderr: JSON has no infinity, and a missing metric hides nothing."""
    lost = [name for name, value in metrics.items() if not math.isfinite(value)]
    if lost:
        sys.stderr.write(f"{label}: its rollouts diverge, so it has no {', '.join(lost)}\n")
    return {name: value for name, value in metrics.items() if name not in lost}


def _check_batch_size(settings: Any, data: TaskData) -> None:
    num_samples = _num_samples(data.train[settings.objective])
    if settings.batch_size > num_samples:
        raise InputError(
            f"--batch_size={settings.batch_size}: expected at most the {num_samples} training samples; "
            "give fewer, or 0 to take them all"
        )


def _num_samples(samples: Any) -> int:
    return len(next(iter(samples.values())))


def _log_dir(settings: Any, folder: pathlib.Path) -> pathlib.Path | None:
    if not settings.tensorboard:
        return None

    if importlib.util.find_spec("tensorboard") is None:
        raise InputError("--tensorboard: needs the package tensorboard; pip install 'hnn_tf[tensorboard]'")
    return folder / "logs"


def _write_results(
    task: Task,
    settings: Any,
    folder: pathlib.Path,
    model: Any,
    data: TaskData,
    metrics: dict[str, dict],
    seconds: dict[str, float],
) -> None:
    save_model(model, folder / "model.keras")
    samples = data.train[settings.objective]
    document = {
        "task": task.name,
        "model": settings.model,
        "objective": settings.objective,
        "protocol": settings.protocol,
        "seed": settings.seed,
        "steps": settings.steps,
        "fit_seconds": seconds[settings.model],
        "model_sha256": hashlib.sha256((folder / "model.keras").read_bytes()).hexdigest(),
        "state": data.state,
        "training_data": {"samples": _num_samples(samples), "sha256": fingerprint(samples)},
        "metrics": metrics[settings.model],
    }
    if settings.model != "baseline" and "baseline" in metrics:
        document["baseline"] = {"fit_seconds": seconds["baseline"], "metrics": metrics["baseline"]}
    report.write_metrics(folder / "metrics.json", document)
    sys.stdout.write(report.format_table(document))
    sys.stdout.flush()
