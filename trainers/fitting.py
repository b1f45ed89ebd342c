"""The training of a run: by its flags, seen on stderr, and on disk so that it survives a kill."""

import math
import pathlib
import sys
import time
from typing import Any

import keras
import numpy as np

from hnn_tf.commands import command_line, interruption
from hnn_tf.input_error import InputError
from hnn_tf.optimizers import LBFGS, CoupledAdam
from hnn_tf.training.early_stopping import EarlyStopping
from hnn_tf.training.training_loop import TrainingLoop
from trainers.checkpoint import Checkpoint
from trainers.progress import Progress
from trainers.scalar_log import ScalarLog
from trainers.short_calls import ShortCalls
from trainers.start import fitted_whole, say_too_few, start
from trainers.tasks.task import TaskData

_STEPS_A_LOOK = 50
"""After so many steps, the losses are logged and the validation loss is looked at."""


def fit(
    model: Any,
    objective: Any,
    data: TaskData,
    settings: Any,
    *,
    checkpoint: Checkpoint | None = None,
    log_dir: pathlib.Path | None = None,
) -> tuple[float, dict[str, float]]:
    """Trains a model by the flags, from its checkpoint if there is one. An interruption saves the newest state.

    Returns:
      Seconds of training (all sessions together), and `train_loss` and `test_loss` of the objective; with held-out
      trajectories also `validation_loss` and `best_step`, of the weights that are kept.

    Raises:
      TrainingFailedError: If loss or weights stop being finite (the last good checkpoint is kept), or no validation
        loss ever was.
      InputError: If the checkpoint can't be used.
    """
    if checkpoint:
        interruption.on_interruption(checkpoint.keep)
    if settings.progress != "none" and settings.objective in ("trajectory", "combined"):
        sys.stderr.write(f"{model.name}: begins at a closed form\n")
    beginning = time.monotonic()
    train, num_steps = start(model, objective, data.train[settings.objective], settings, angles=data.angles)
    start_seconds = time.monotonic() - beginning
    loop = TrainingLoop(
        model,
        objective,
        optimizer(settings),
        train,
        batch_size=settings.batch_size or None,
        seed=settings.seed,
    )
    validation = data.validation.get(settings.objective)
    stopping = EarlyStopping(loop, validation, patience=settings.patience or None) if validation else None
    seconds_before = start_seconds
    saved = checkpoint.load() if checkpoint else None
    if checkpoint and saved:
        try:
            seconds_before = float(saved.pop("fit_seconds"))
            best = {name: saved.pop(name) for name in list(saved) if name.startswith("best.")}
            loop.restore(saved)
            if stopping:
                stopping.restore(best)
        except (KeyError, ValueError) as error:
            raise InputError(
                f"{checkpoint.path}: expected a checkpoint of this run; it holds other variables; "
                "delete it to train anew"
            ) from error
    if stopping and not saved:
        stopping.update()  # a start may be better than all that follows
    began = time.monotonic()
    log = ScalarLog(log_dir / model.name if log_dir else None)
    silent = settings.progress == "none"
    calls = ShortCalls(loop)

    def finished() -> bool:
        # Between two looks, where an interrupted run may continue, patience isn't asked.
        at_look = loop.step % _STEPS_A_LOOK == 0
        return loop.step == num_steps or bool(at_look and stopping and stopping.stopped)

    with Progress(model.name, num_steps, start=loop.step, silent=silent) as progress:
        while not finished():
            next_look = min(loop.step + _STEPS_A_LOOK - loop.step % _STEPS_A_LOOK, num_steps)
            loss = calls.run_towards(next_look)
            state = loop.state()
            finite = np.isfinite(loss) and all(np.isfinite(value).all() for value in state.values())
            if loop.step == next_look:
                if not finite:
                    there = checkpoint and checkpoint.path.exists()
                    kept = f"; the last good checkpoint is {checkpoint.path}" if checkpoint and there else ""
                    raise command_line.TrainingFailedError(_diverged(model.name, settings, loop.step, loss) + kept)
                log.write("loss", loop.step, loss)
                if stopping:
                    log.write("validation_loss", loop.step, stopping.update())
            if checkpoint and finite:
                state |= stopping.state() if stopping else {}
                seconds = np.asarray(seconds_before + time.monotonic() - began)
                checkpoint.update(state | {"fit_seconds": seconds}, last=finished())
            if loop.step == next_look:
                progress.update(loop.step, loss, finished=finished())
    total_seconds = seconds_before + time.monotonic() - began
    kept_losses = _keep(loop, stopping, model.name)
    test = objective.validation_samples(model, data.test[settings.objective])
    losses = {"train_loss": loop.loss(), "test_loss": loop.loss(test)} | kept_losses
    if not all(math.isfinite(loss) for loss in losses.values()):
        raise command_line.TrainingFailedError(_diverged(model.name, settings, loop.step, losses["train_loss"]))
    if not fitted_whole(model):  # of which the start has said it
        shift = objective.integration_error(model, {**train, **loop.learned})
        say_too_few(model, objective.num_substeps, shift)
    return total_seconds, losses


def optimizer(settings: Any) -> CoupledAdam | LBFGS:
    """What the flags want."""
    if settings.optimizer == "lbfgs":
        return LBFGS(l2=settings.weight_decay)
    rate = settings.learning_rate
    if settings.learning_rate_schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, decay_steps=max(1, settings.steps))
    return CoupledAdam(rate, l2=settings.weight_decay, use_ema=settings.average_weights)


def _keep(loop: TrainingLoop, stopping: EarlyStopping | None, name: str) -> dict[str, float]:
    """Leaves the model the weights that are to be used; returns what tells about the choice."""
    if not stopping:
        loop.keep_averages()
        return {}
    try:
        stopping.restore_best()
    except ArithmeticError as error:
        raise command_line.TrainingFailedError(f"training of {name}: its validation loss never was finite") from error
    return {"validation_loss": stopping.best_loss, "best_step": stopping.best_step}


def _diverged(name: str, settings: Any, step: int, loss: float) -> str:
    return (
        f"training of {name} diverged by step {step} (loss {loss}); "
        f"try a smaller --learning_rate than {settings.learning_rate}"
    )
