"""A run: from flags to data, training, metrics, figures and export. All trainers share this main function."""

import dataclasses
import hashlib
import importlib.util
import json
import math
import pathlib
import sys
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from hnn_tf import integrators
from hnn_tf.commands import interruption
from hnn_tf.commands.printable_text import write_lines
from hnn_tf.data import fingerprint
from hnn_tf.evaluation import report
from hnn_tf.export.saved_model import export_model
from hnn_tf.fitted_model import FittedModel
from hnn_tf.input_error import InputError
from hnn_tf.models.model_file import save_model
from hnn_tf.objectives import Objective
from hnn_tf.training.checkpoint import Checkpoint
from hnn_tf.training.start import check_closed_form
from hnn_tf.training.training_run import check_steps, train
from hnn_tf.training.training_set import TrainingSet, num_samples
from trainers import run_folder
from trainers.tasks import TASK_OPTIONS, TASKS
from trainers.tasks.task import Compared, Task, TaskData
from trainers.trainer_options import TrainerOptions


def main(task_name: str, flags: Mapping[str, Any]) -> None:
    """Runs the task with the given name; `command_line.run` describes how errors end.

    Args:
      task_name: The name in `TASKS`.
      flags: The values by name, in the form of the command line.
    """
    task = TASKS[task_name]
    options, recorded = TASK_OPTIONS[task_name].of(flags), run_folder.flags_text(flags)
    folder = pathlib.Path(options.run.output_dir)
    interruption.on_interruption(lambda: f"nothing in {folder} was changed yet")
    log_dir = _log_dir(options, folder)
    objective = task.objective(options)
    models = _models(task, options, objective)
    data = task.load(options, objective)
    samples = TrainingSet.of(
        data.train,
        test=data.test,
        objective=objective,
        options=options.training,
        derivatives=options.objective.derivatives or data.derivative_estimator,
    )
    ignored = options.not_of_the_model()
    with run_folder.claim(folder, recorded, resume=options.run.resume, ignored=ignored) as lock:
        fitted: dict[str, FittedModel] = {}
        metrics = {}
        for label, (model, own) in models.items():
            checkpoint = Checkpoint(folder / "checkpoints" / f"{label}.npz", lock.check)
            progress = options.run.progress != "none"
            fits = samples if own is objective else dataclasses.replace(samples, objective=own)
            result = train(model, fits, options.training, checkpoint=checkpoint, log_dir=log_dir, progress=progress)
            fits = dataclasses.replace(fits, objective=result.objective)
            samples = fits if own is objective else samples  # the next model of this objective has the same noise
            fitted[label] = FittedModel(model, data.train, data.test, fits, options.training, result)
            metrics[label] = result.losses | _finite(label, _evaluate(fitted[label], data, options.run.protocol))
        lock.check()
        _write_results(task, options, folder, fitted, data, metrics)
        if options.run.figures:
            lock.check()
            data.draw(folder / "figures", {label: each.model for label, each in fitted.items()})
        if options.run.export:
            lock.check()
            _export(task, options, folder, models[options.model.model][0])
    write_lines([f"all files of this run: {folder}"])


def _models(task: Task, options: TrainerOptions, objective: Objective) -> Compared:
    """Returns the models by label, the run's own first, and checks that each is suitable for the run."""
    own = options.model.model
    models: Compared = {own: (task.new_model(options.model, options), objective)}
    if options.run.compare_baseline:
        models = task.compared(options, objective) | models
        models = {own: models.pop(own)} | models
    for model, fits in models.values():
        fits.check(model)
        check_closed_form(model, fits, width=task.width_of(options))
        check_steps(model, fits, options.training)
    if options.run.export:  # the models for comparison are not exported
        integrators.get(options.objective.integrator).check(models[own][0].vector_field())
    return models


def _export(task: Task, options: TrainerOptions, folder: pathlib.Path, model: keras.Model) -> None:
    # Version 1 is the only version of a run, and already exists if the run was finished before.
    if not (folder / "saved_model" / "1").exists():
        export_model(
            model,
            folder / "saved_model",
            version=1,
            name=task.name,
            integrator=options.objective.integrator,
            run=json.loads((folder / "metrics.json").read_text()),
        )


def _evaluate(fitted: FittedModel, data: TaskData, protocol: str) -> dict[str, float]:
    # `_finite` reports rollouts that diverge.
    with np.errstate(over="ignore", invalid="ignore"):
        metrics = data.evaluate(fitted, protocol=protocol)
    return metrics | fitted.model.vector_field().physical_parameters() | fitted.result.standard_errors


def _finite(label: str, metrics: dict[str, float]) -> dict[str, float]:
    """Returns the finite metrics, and reports the others in a line on stderr.

    JSON has no infinity, and the line explains why metrics are missing.
    """
    lost = [name for name, value in metrics.items() if not math.isfinite(value)]
    if lost:
        sys.stderr.write(f"{label}: the rollouts diverge, so that no value exists for {', '.join(lost)}\n")
    return {name: value for name, value in metrics.items() if name not in lost}


def _log_dir(options: TrainerOptions, folder: pathlib.Path) -> pathlib.Path | None:
    if not options.run.tensorboard:
        return None
    if importlib.util.find_spec("tensorboard") is None:
        raise InputError("--tensorboard: needs the package tensorboard; pip install 'hnn_tf[tensorboard]'")
    return folder / "logs"


def _write_results(
    task: Task,
    options: TrainerOptions,
    folder: pathlib.Path,
    fitted: Mapping[str, FittedModel],
    data: TaskData,
    metrics: dict[str, dict],
) -> None:
    label = options.model.model
    save_model(fitted[label].model, folder / "model.keras")
    samples = fitted[label].data.train
    document = {
        "task": task.name,
        "model": label,
        "objective": options.objective.objective,
        "protocol": options.run.protocol,
        "seed": options.training.seed,
        "steps": options.training.steps,
        "fit_seconds": fitted[label].result.seconds,
        "model_sha256": hashlib.sha256((folder / "model.keras").read_bytes()).hexdigest(),
        "state": data.state,
        "inputs": report.input_entry(data.train),
        "training_data": {"samples": num_samples(samples), "sha256": fingerprint(samples)},
        "metrics": metrics[label],
    }
    for compared in [other for other in fitted if other != label]:
        document[compared] = {"fit_seconds": fitted[compared].result.seconds, "metrics": metrics[compared]}
    report.write_metrics(folder / "metrics.json", document)
    sys.stdout.write(report.format_table(document))
    sys.stdout.flush()
