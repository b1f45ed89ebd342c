"""A whole training: its start, its display on stderr, early stopping, and checkpoints that survive a kill."""

import dataclasses
import math
import pathlib
import sys
import time

import keras
import numpy as np

from hnn_tf.commands import interruption
from hnn_tf.input_error import InputError, OptionError
from hnn_tf.objectives import Objective
from hnn_tf.optimizers import LBFGS, CoupledAdam
from hnn_tf.training.best_weights import BestWeights
from hnn_tf.training.checkpoint import Checkpoint
from hnn_tf.training.progress import Progress
from hnn_tf.training.scalar_log import ScalarLog
from hnn_tf.training.short_calls import ShortCalls
from hnn_tf.training.start import Start, again, begin, is_fitted_in_closed_form, warn_of_too_few
from hnn_tf.training.training_loop import TrainingLoop
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.training.training_set import TrainingSet
from hnn_tf.training.warm_start import begins_in_closed_form
from hnn_tf.training_failed import TrainingFailedError

_STEPS_A_LOOK = 50
"""The number of steps after which the losses are logged and the validation loss is computed."""

_START, _BEST = "start.", "best."
"""The prefixes of names in a checkpoint, for the numbers that the start found and for the best weights."""


@dataclasses.dataclass(frozen=True)
class TrainingResult:
    """The result of a training, besides the weights, which the model has.

    Attributes:
      objective: The objective, with the noise levels and the substeps that were found.
      losses: `train_loss` and `test_loss` of the objective. With validation samples, there are also `validation_loss`
        and `best_step` of the weights that were kept.
      seconds: The duration of the training, over all sessions together.
      steps: The number of optimizer steps that were taken; 0 if a closed form is the whole training.
      standard_errors: The standard errors of the model's physical parameters, by their names with `_std`, if a closed
        form is the whole training.
      evidence: The logarithm of the evidence of each structure that was fitted at the start; see `WarmStart`.
    """

    objective: Objective
    losses: dict[str, float]
    seconds: float
    steps: int
    standard_errors: dict[str, float] = dataclasses.field(default_factory=dict)
    evidence: dict[str, float] = dataclasses.field(default_factory=dict)

    def compared(self) -> dict[str, float]:
        """Returns the losses and the evidence, by which models and structures are compared."""
        return self.losses | self.evidence


def train(
    model: keras.Model,
    data: TrainingSet,
    options: TrainingOptions,
    *,
    checkpoint: Checkpoint | None = None,
    log_dir: pathlib.Path | None = None,
    progress: bool = True,
) -> TrainingResult:
    """Trains a model, from its checkpoint if there is one. An interruption of a command saves the newest state.

    Args:
      model: A built model, which is displayed under its name.
      data: The samples and the objective.
      options: Steps, batches and optimizer.
      checkpoint: The checkpoint of the training; by default, there is none.
      log_dir: The folder of TensorBoard logs; by default, none are written.
      progress: Whether the progress of the training is shown on stderr.

    Raises:
      TrainingFailedError: If the loss or the weights are no longer finite (the last good checkpoint is kept), if no
        validation loss was finite, or if the motion of a closed form diverges.
      InputError: If the checkpoint cannot be used, or if no step is to be taken and nothing else sets the weights.
    """
    if checkpoint:
        interruption.on_interruption(checkpoint.keep)
    beginning = time.monotonic()
    saved = checkpoint.load() if checkpoint else None
    began = _begin(model, data, options, saved, progress=progress)
    objective, train_samples = began.objective, began.samples
    num_steps = 0 if began.is_whole else options.steps
    start_seconds = time.monotonic() - beginning
    loop = TrainingLoop(
        model, objective, optimizer(options), train_samples, batch_size=options.batch_size or None, seed=options.seed
    )
    stopping = BestWeights(loop, data.validation, patience=options.patience or None) if data.validation else None
    seconds_before = start_seconds
    if checkpoint and saved:
        try:
            seconds_before = float(saved.pop("fit_seconds"))
            best = {name: saved.pop(name) for name in list(saved) if name.startswith(_BEST)}
            loop.restore({name: value for name, value in saved.items() if not name.startswith(_START)})
            if stopping:
                stopping.restore(best)
        except (KeyError, ValueError) as error:
            raise InputError(
                f"{checkpoint.path}: expected a checkpoint of this run; received other variables; "
                "delete the file to train anew"
            ) from error
    if stopping and not saved:
        stopping.update()  # the initial weights may be better than all later weights
    resumed = time.monotonic()
    log = ScalarLog(log_dir / model.name if log_dir else None)
    calls = ShortCalls(loop)
    found = {_START + name: value for name, value in began.found().items()}

    def finished() -> bool:
        # An interrupted run may continue between two looks. Patience is checked only at a look.
        at_look = loop.step % _STEPS_A_LOOK == 0
        return loop.step == num_steps or bool(at_look and stopping and stopping.stopped)

    with Progress(model.name, num_steps, start=loop.step, silent=not progress) as shown:
        while not finished():
            next_look = min(loop.step + _STEPS_A_LOOK - loop.step % _STEPS_A_LOOK, num_steps)
            loss = calls.run_towards(next_look)
            state = loop.state()
            finite = np.isfinite(loss) and all(np.isfinite(value).all() for value in state.values())
            if loop.step == next_look:
                if not finite:
                    there = checkpoint and checkpoint.path.exists()
                    kept = f"; the last good checkpoint is {checkpoint.path}" if checkpoint and there else ""
                    raise _diverged(model, options, loop.step, loss, kept)
                log.write("loss", loop.step, loss)
                if stopping:
                    log.write("validation_loss", loop.step, stopping.update())
            if checkpoint and finite:
                state |= stopping.state() if stopping else {}
                seconds = np.asarray(seconds_before + time.monotonic() - resumed)
                checkpoint.update(state | found | {"fit_seconds": seconds}, last=finished())
            if loop.step == next_look:
                shown.update(loop.step, loss, finished=finished())
    total_seconds = seconds_before + time.monotonic() - resumed
    kept_losses = _keep(loop, stopping, model.name)
    test = objective.validation_samples(model, data.test)
    losses = {"train_loss": loop.loss(), "test_loss": loop.loss(test)} | kept_losses
    if not all(math.isfinite(loss) for loss in losses.values()):
        raise _diverged(model, options, loop.step, losses["train_loss"])
    if not began.is_whole:  # for a closed form, the start has already given the warning
        shift = objective.integration_error(model, {**train_samples, **loop.learned})
        warn_of_too_few(model, objective.num_substeps, shift)
    return TrainingResult(objective, losses, total_seconds, loop.step, began.standard_errors, began.evidence)


def check_steps(model: keras.Model, objective: Objective, options: TrainingOptions) -> None:
    """Refuses a training without steps if nothing else sets the weights.

    Raises:
      OptionError: With the alternatives.
    """
    if not (options.steps or objective.begins_at_closed_form or is_fitted_in_closed_form(model)):
        raise OptionError(
            "{steps}: expected at least one step; give more steps, or an objective that begins at a closed form",
            steps=0,
        )


def optimizer(options: TrainingOptions) -> CoupledAdam | LBFGS:
    """Returns the optimizer for the given options."""
    if options.optimizer == "lbfgs":
        return LBFGS(l2=options.weight_decay)
    rate = options.learning_rate
    if options.learning_rate_schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, decay_steps=max(1, options.steps))
    return CoupledAdam(rate, l2=options.weight_decay, use_ema=options.average_weights)


def _begin(
    model: keras.Model, data: TrainingSet, options: TrainingOptions, saved: dict | None, *, progress: bool
) -> Start:
    check_steps(model, data.objective, options)
    if saved and any(name.startswith(_START) for name in saved):
        found = {name.removeprefix(_START): value for name, value in saved.items() if name.startswith(_START)}
        return again(data.objective, data.train, found)
    if progress and data.objective.begins_at_closed_form:
        closed = begins_in_closed_form(model, width=np.shape(data.train["states"])[-1])
        where = "a closed form" if closed else "a fit of the derivatives"
        sys.stderr.write(f"{model.name}: the training begins at {where}\n")
    try:
        return begin(model, data.objective, data.train, angles=data.angles, seed=options.seed)
    except ArithmeticError as error:
        raise TrainingFailedError(f"training of {model.name}: {error}") from error


def _keep(loop: TrainingLoop, stopping: BestWeights | None, name: str) -> dict[str, float]:
    """Sets the weights that are to be used, and returns their `validation_loss` and `best_step` if there are any."""
    if not stopping:
        loop.keep_averages()
        return {}
    try:
        stopping.restore_best()
    except ArithmeticError as error:
        raise TrainingFailedError(f"training of {name}: the validation loss was never finite") from error
    return {"validation_loss": stopping.best_loss, "best_step": stopping.best_step}


def _diverged(
    model: keras.Model, options: TrainingOptions, step: int, loss: float, kept: str = ""
) -> TrainingFailedError:
    return TrainingFailedError(
        f"training of {model.name} diverged by step {step} (loss {loss}); "
        f"try a learning rate below {options.learning_rate}{kept}"
    )
