"""From recordings to a trained model, measured on recordings that it has not seen, in one call."""

import copy
import dataclasses
import os
import pathlib
from collections.abc import Sequence
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf

from hnn_tf.data.digest import fingerprint
from hnn_tf.data.frame_recordings import FrameRecordings
from hnn_tf.data.recordings import Recordings
from hnn_tf.fitted_model import FittedModel
from hnn_tf.input_error import InputError
from hnn_tf.models.model_options import ModelOptions
from hnn_tf.models.new_model import new_model
from hnn_tf.objectives.base import Objective
from hnn_tf.objectives.by_name import new_objective
from hnn_tf.objectives.integrated_objective import IntegratedObjective
from hnn_tf.objectives.objective_options import ObjectiveOptions
from hnn_tf.objectives.sample_columns import column_tensors
from hnn_tf.training.checkpoint import Checkpoint
from hnn_tf.training.start import check_closed_form
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.training.training_run import train
from hnn_tf.training.training_set import TrainingSet, num_samples
from hnn_tf.training.warm_start import WIDEST_STATE
from hnn_tf.typing import Samples

ModelChoice: TypeAlias = keras.Model | ModelOptions | str

CANDIDATES = ("random_features", "random_features_friction")
WIDE_CANDIDATES = ("hnn", "hnn_friction")
"""The models that `fit` tries by default, the simplest first: one conserves energy, and one has friction.

Random features are fitted in closed form, which is faster and more exact (docs/objectives.md). For wide states, there
are too few of them.
"""

TEST_FRACTION = 0.2
VALIDATION_FRACTION = 0.2
"""The fractions of the recordings that `fit` holds out by default."""

_MOST_GROUPS = 20
"""The largest number of groups of validation samples, whose losses determine the standard error of the loss."""


def fit(
    recordings: Recordings | FrameRecordings,
    *,
    test: Recordings | FrameRecordings | None = None,
    model: ModelChoice | Sequence[ModelChoice] | None = None,
    objective: Objective | ObjectiveOptions | str | None = None,
    training: TrainingOptions | None = None,
    folder: str | os.PathLike | None = None,
    progress: bool = True,
) -> FittedModel:
    """Learns a Hamiltonian from recordings, and measures it on held-out recordings.

    On one machine, equal arguments give exactly equal weights. The weights are those that a trainer's command gives
    with the same options.

    The defaults are:

    - `test`: the last fifth of the recordings, or of the readings of a single recording.
    - `objective`: for states of up to six numbers, "combined" if the recordings have time derivatives, and otherwise
      "trajectory". For wider states, "derivative" or "one_step".
    - `training`: for "combined" and "trajectory", as many steps as helped after the start from a closed form (150 and
      none), with a rate of 3e-4 that falls along a cosine. For other objectives, `TrainingOptions()`.
    - `model`: for states of up to six numbers, 200 random features; for wider states, a network of 200 and 200 units.
      Two models are tried: one that conserves energy and one with linear friction. Another fifth of the recordings is
      held out of the training for the choice. The first model is kept unless its loss there exceeds the second's by
      more than one standard error of the second's. On two cores, random features take about ten seconds each, and a
      network takes a minute or more.

    Args:
      recordings: The observed recordings.
      test: The recordings on which the model is measured.
      model: A name in `hnn_tf.models.MODELS`, options, or your own built Keras model, which is trained. From several
        models, the simplest first, the rule above chooses one; `FittedModel.comparison` lists all of them.
      objective: The measure of the fit: a name in `hnn_tf.objectives.OBJECTIVES`, options, or an objective.
      training: Steps, batches, optimizer, early stopping and seed.
      folder: A folder for checkpoints, with which a repeated call continues after it was killed; by default, nothing is
        kept.
      progress: Whether the training shows its progress on stderr.

    Returns:
      The model with its metrics.

    Raises:
      InputError: If an argument is not valid, for example because a part of the recordings would be empty or the folder
        has checkpoints of another fit.
      TrainingFailedError: If the training diverges.

    Example:
      >>> fitted = hnn_tf.fit(recordings)
      >>> fitted.metrics["test_loss"]

    References:
      Breiman, Friedman, Olshen, Stone. Classification and Regression Trees, 1984, section 3.4.3 (the one standard error
      rule).
    """
    if test is None:
        recordings, test = recordings.hold_out(TEST_FRACTION)
    settings = objective if isinstance(objective, ObjectiveOptions) else ObjectiveOptions()
    fits = _objective(objective, recordings)
    training = _training(fits) if training is None else training
    choices = _choices(model, recordings)
    if len(choices) > 1 and not training.validation_fraction:
        training = dataclasses.replace(training, validation_fraction=VALIDATION_FRACTION)
    data = TrainingSet.of(recordings, test=test, objective=fits, options=training, derivatives=settings.derivatives)
    models = [_model(choice, recordings, data, training) for choice in choices]
    if len({each.name for each in models}) < len(models):
        raise InputError(f"model: expected models of different names; received {[each.name for each in models]}")
    found: list[FittedModel] = []
    for each in models:
        checkpoint = None if folder is None else _checkpoint(folder, each, data, training)
        result = train(each, data, training, checkpoint=checkpoint, progress=progress)
        data = dataclasses.replace(data, objective=_with_noise_of(result.objective, fits))
        found.append(FittedModel(each, recordings, test, data, training, result))
    kept = found[_simplest_of_the_best(found) if len(found) > 1 else 0]
    return dataclasses.replace(kept, comparison={each.model.name: each.result.losses for each in found})


def _with_noise_of(found: Objective, given: Objective) -> Objective:
    """Returns the given objective with the noise levels that were found, by which all models are compared.

    The substeps are those that each model needs.
    """
    same = copy.copy(given)
    for name in set(given.found) - set(IntegratedObjective.found):
        setattr(same, name, getattr(found, name))
    return same


def _choices(
    model: ModelChoice | Sequence[ModelChoice] | None, recordings: Recordings | FrameRecordings
) -> list[ModelChoice]:
    if model is None:
        return list(CANDIDATES if _is_narrow(recordings) else WIDE_CANDIDATES)
    choices = [model] if isinstance(model, keras.Model | ModelOptions | str) else list(model)
    if not choices:
        raise InputError("model: expected at least one; received none")
    return choices


def _objective(given: Objective | ObjectiveOptions | str | None, recordings: Recordings | FrameRecordings) -> Objective:
    if isinstance(given, Objective):
        return given
    if given is None:
        given = _chosen_objective(recordings)
    return new_objective(ObjectiveOptions(objective=given) if isinstance(given, str) else given)


def _chosen_objective(recordings: Recordings | FrameRecordings) -> str:
    if not isinstance(recordings, Recordings):
        raise InputError("objective: expected one for recordings of frames, as hnn_tf.objectives.LatentMatching()")
    narrow = _is_narrow(recordings)
    if recordings[0].time_derivatives is not None:
        return "combined" if narrow else "derivative"
    return "trajectory" if narrow else "one_step"


def _is_narrow(recordings: Recordings | FrameRecordings) -> bool:
    """Returns whether a closed form exists for the states."""
    return isinstance(recordings, Recordings) and recordings[0].states.shape[1] <= WIDEST_STATE


def _training(objective: Objective) -> TrainingOptions:
    if not objective.begins_at_closed_form:
        return TrainingOptions()
    # At Adam's usual rate, the first steps would spoil the start.
    return TrainingOptions(steps=objective.steps_from_closed_form, learning_rate=3e-4, learning_rate_schedule="cosine")


def _model(
    choice: ModelChoice, recordings: Recordings | FrameRecordings, data: TrainingSet, training: TrainingOptions
) -> keras.Model:
    if isinstance(recordings, FrameRecordings):
        if not isinstance(choice, keras.Model):
            raise InputError("model: expected a built LatentHamiltonianNetwork for recordings of frames")
        return choice
    width = recordings[0].states.shape[1]
    if isinstance(choice, keras.Model):
        if not choice.built:
            choice.build([None, width])
        model = choice
    else:
        options = ModelOptions(model=choice) if isinstance(choice, str) else choice
        model = new_model(options, width=width, angles=data.angles, seed=training.seed)
    data.objective.check(model)
    check_closed_form(model, data.objective, width=width)
    return model


def _checkpoint(
    folder: str | os.PathLike, model: keras.Model, data: TrainingSet, training: TrainingOptions
) -> Checkpoint:
    kept = pathlib.Path(folder) / "checkpoints"
    kept.mkdir(parents=True, exist_ok=True)
    what = {
        # The configuration is not used, because its layers have numbers that depend on earlier layers.
        "model": f"{type(model).__name__} {[tuple(weight.shape) for weight in model.weights]}",
        "objective": data.objective.name,
        "training": repr(training),
        "samples": fingerprint(data.train),
    }
    return Checkpoint(kept / f"{model.name}.npz", of=what)


def _simplest_of_the_best(found: Sequence[FittedModel]) -> int:
    """Returns the index of the first model whose validation loss is within one standard error of the least loss."""
    losses = [_group_losses(each) for each in found]
    best = min(losses, key=np.mean)
    if len(best) == 1:
        return 0  # the standard error of a difference is unknown
    most = np.mean(best) + np.std(best, ddof=1) / len(best) ** 0.5
    return next(index for index, each in enumerate(losses) if np.mean(each) <= most)


def _group_losses(fitted: FittedModel) -> np.ndarray:
    """Returns the validation losses of contiguous groups of samples."""
    model, objective = fitted.model, fitted.result.objective
    samples: Samples = objective.validation_samples(model, fitted.data.validation or {})
    count = num_samples(samples)
    loss = tf.function(lambda columns: objective.validation_loss(model, columns), autograph=False)
    return np.array(
        [
            objective.mean_loss(
                lambda columns: loss(column_tensors(objective, columns, model.compute_dtype)),
                {name: np.asarray(samples[name])[group] for name in objective.columns},
            )
            for group in np.array_split(np.arange(count), min(count, _MOST_GROUPS))
        ]
    )
