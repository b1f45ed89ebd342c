"""The function `fit`, which trains a model on recordings and measures it on other recordings, in one call."""

import copy
import dataclasses
import os
import pathlib
from collections.abc import Sequence

import keras
import numpy as np

from hnn_tf import fit_choices, fit_identity, model_selection
from hnn_tf.data.frame_recordings import FrameRecordings
from hnn_tf.data.recordings import Recordings
from hnn_tf.declarations import declared
from hnn_tf.fit_choices import ModelChoice
from hnn_tf.fitted_model import FittedModel
from hnn_tf.input_error import InputError, one_line
from hnn_tf.models.model_options import ModelOptions
from hnn_tf.models.new_model import new_model
from hnn_tf.objectives.base import Objective
from hnn_tf.objectives.by_name import new_objective
from hnn_tf.objectives.driven_motion import check_given
from hnn_tf.objectives.integrated_objective import IntegratedObjective
from hnn_tf.objectives.objective_options import ObjectiveOptions
from hnn_tf.own_data.fit_measurements import fit_measurements
from hnn_tf.own_data.measured_fit import MeasuredFit
from hnn_tf.training.checkpoint import Checkpoint
from hnn_tf.training.start import check_closed_form
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.training.training_run import train
from hnn_tf.training.training_set import TrainingSet

TEST_FRACTION = 0.2
VALIDATION_FRACTION = 0.2
"""The fractions of the recordings that `fit` holds out by default, for the test and for the validation.

If there are several recordings, at least one is held out in each case.
"""

_FEWEST_READINGS = 20
"""The fewest readings of a single recording that is split in time."""


def fit(
    recordings: Recordings | FrameRecordings,
    *,
    test: Recordings | FrameRecordings | None = None,
    model: ModelChoice | Sequence[ModelChoice] | None = None,
    objective: Objective | ObjectiveOptions | str | None = None,
    training: TrainingOptions | None = None,
    folder: str | os.PathLike | None = None,
    progress: bool = True,
) -> FittedModel | MeasuredFit:
    """Learns a Hamiltonian from recordings, and measures it on held-out recordings.

    Recordings of velocities or of positions alone, and recordings in which some numbers are missing, are measurements.
    `hnn_tf.own_data.fit_measurements` fits them, with the budget "normal", and says what it tries. Of the arguments,
    only `model` (a name), `objective` (a name), `training` (only its seed), `folder` and `progress` are possible.

    Equal arguments give equal weights, to the bit, on one machine. The weights are those that a trainer's command gives
    with the same options.

    If the recordings have parameters, such as masses, the model is told them: it learns one H for all parameters, and
    can be used between those of the recordings. `FittedModel.rollout(..., parameters=theta)` then needs them.

    Arguments that are not given are chosen as follows:

    - `test`: the last fifth of the recordings, or of the readings of a single recording.
    - `objective`: for states of up to six numbers, "combined" if the recordings have time derivatives, and otherwise
      "trajectory". For wider states, "derivative" or "one_step".
    - `model`: two models are compared, one that conserves energy and one with linear friction. If the objective is
      "combined" or "trajectory" without `huber` and `growth_steps`, and states have up to six numbers, both models are
      200 random features, which a closed form fits. Otherwise, and if there are parameters, both are networks of 200
      and 200 units. On two cores, a model of random features takes some ten seconds, and a network takes a minute or
      more.
    - `training`: for networks whose training begins at a closed form, 150 steps for "combined" and none for
      "trajectory", at a learning rate of 3e-4 that falls along a cosine. Otherwise, `TrainingOptions()`.

    If there are several models, a fifth of the recordings (or your `validation_fraction`) is held out of the training
    to choose among them. Among the models whose mean loss on these recordings is at most one standard error above the
    least mean loss, the first model is kept. The standard error is that of the model with the least loss.

    Args:
      recordings: The recordings to learn from.
      test: The recordings on which the trained model is measured, with the names of `recordings`.
      model: A name in `hnn_tf.models.MODELS`, options, or a Keras model of your own, whose weights are changed. A list
        of several models, the simplest first, is compared, and `FittedModel.comparison` has the losses and the evidence
        of all.
      objective: The measure of how well a model fits: a name in `hnn_tf.objectives.OBJECTIVES`, options, or an
        objective.
      training: Steps, batches, optimizer, early stopping and seed. A model that a closed form fits takes no steps.
      folder: The folder of the checkpoints. A call that was killed goes on from its last checkpoint when you repeat the
        call with the same folder. By default, no checkpoints are kept.
      progress: Whether the progress of the training is shown on stderr.

    Returns:
      The trained model with its metrics; of measurements, a `MeasuredFit`.

    Raises:
      InputError: If an argument is not valid, for example if a part of the recordings would be empty, or if the folder
        has checkpoints of another fit.
      TrainingFailedError: If the training diverges.
      OSError: If the folder cannot be written.

    Example:
      >>> fitted = hnn_tf.fit(recordings)
      >>> fitted.metrics["test_loss"]
    """
    _check_types(recordings, objective, training)
    if isinstance(recordings, Recordings) and recordings.is_measured:
        return _of_measurements(recordings, test, model, objective, training, folder, progress)
    if test is None:
        recordings, test = _held_out(recordings)
    _check_test(recordings, test)
    options = fit_choices.objective_options(objective, recordings)
    fits = objective if isinstance(objective, Objective) else new_objective(options)
    if fits.sees_frames != isinstance(recordings, FrameRecordings):
        kind = "frames, hnn_tf.data.FrameRecordings" if fits.sees_frames else "states, hnn_tf.data.Recordings"
        raise InputError(
            f"recordings: objective {fits.name!r} expects recordings of {kind}; received {type(recordings).__name__}"
        )
    choices = fit_choices.models(model, fits, recordings)
    seed = 0 if training is None else training.seed
    models = [_model(choice, recordings, seed) for choice in choices]
    if len({each.name for each in models}) < len(models):
        raise InputError(f"model: expected models of different names; received {[each.name for each in models]}")
    if training is None:
        training = fit_choices.training_options(fits, models, recordings)
    if len(choices) > 1 and not training.validation_fraction:
        fraction = max(VALIDATION_FRACTION, 1.0 / len(recordings)) if len(recordings) > 1 else VALIDATION_FRACTION
        training = dataclasses.replace(training, validation_fraction=fraction)
    data = TrainingSet.of(recordings, test=test, objective=fits, options=training, derivatives=options.derivatives)
    for each in models:
        fits.check(each)
        if isinstance(recordings, Recordings):
            check_closed_form(each, fits, width=recordings.width)
    found: list[FittedModel] = []
    for index, each in enumerate(models):
        checkpoint = None if folder is None else _checkpoint(folder, index, each, data, training)
        result = train(each, data, training, checkpoint=checkpoint, progress=progress)
        found.append(FittedModel(each, recordings, test, data, training, result, integrator=options.integrator))
        data = dataclasses.replace(data, objective=_with_noise_of(result.objective, fits))
    kept = found[model_selection.simplest_of_the_best(found) if len(found) > 1 else 0]
    kept = dataclasses.replace(kept, comparison={each.model.name: each.result.compared() for each in found})
    _ = kept.metrics  # measured now, because the caller may train the model further
    return kept


def _of_measurements(
    recordings: Recordings,
    test: object,
    model: object,
    objective: object,
    training: TrainingOptions | None,
    folder: str | os.PathLike | None,
    progress: bool,
) -> MeasuredFit:
    for name, value, kinds in (("test", test, ()), ("model", model, str), ("objective", objective, str)):
        if value is not None and not isinstance(value, kinds):
            raise InputError(
                f"{name}: expected {'none' if name == 'test' else 'a name, or none'} for measurements, which "
                "hnn_tf.own_data.fit_measurements fits; received "
                f"{one_line(repr(value))}; give recordings of momenta to choose it"
            )
    return fit_measurements(
        recordings,
        model=model,  # type: ignore[arg-type]
        objective=objective,  # type: ignore[arg-type]
        seed=0 if training is None else training.seed,
        folder=folder,
        progress=progress,
    )


def _held_out(recordings: Recordings | FrameRecordings) -> tuple[Recordings, Recordings]:
    count = len(recordings)
    if count == 1 and isinstance(recordings, Recordings) and len(recordings[0]) < _FEWEST_READINGS:
        raise InputError(
            f"recordings: expected several, or a single one of at least {_FEWEST_READINGS} readings, so that a part "
            f"can be held out; received a single one of {len(recordings[0])} readings; give test=..., too"
        )
    fraction = TEST_FRACTION if count == 1 else max(TEST_FRACTION, 1.0 / count)
    return recordings.hold_out(fraction)  # type: ignore[return-value]


def _check_types(recordings: object, objective: object, training: object) -> None:
    """Refuses an argument of another type, which would otherwise cause a less clear error in Python itself."""
    for name, value, kinds, expected in (
        ("recordings", recordings, (Recordings, FrameRecordings), "hnn_tf.data.Recordings"),
        ("objective", objective, (Objective, ObjectiveOptions, str), "a name, hnn_tf.ObjectiveOptions or an objective"),
        ("training", training, (TrainingOptions,), "hnn_tf.TrainingOptions"),
    ):
        if not isinstance(value, kinds) and (value is not None or name == "recordings"):
            raise InputError(f"{name}: expected {expected}; received {one_line(repr(value))}")


def _check_test(recordings: Recordings | FrameRecordings, test: Recordings | FrameRecordings) -> None:
    if type(test) is not type(recordings):
        raise InputError(
            f"test: expected {type(recordings).__name__} as the recordings; received {type(test).__name__}"
        )
    if not isinstance(recordings, Recordings) or not isinstance(test, Recordings):
        return
    if test.width != recordings.width:
        raise InputError(f"test: expected states of {recordings.width} numbers as in recordings; received {test.width}")
    if test.num_inputs != recordings.num_inputs:
        raise InputError(f"test: expected {recordings.num_inputs} inputs as in recordings; received {test.num_inputs}")
    if test.num_parameters != recordings.num_parameters:
        raise InputError(
            f"test: expected {recordings.num_parameters} parameters as in recordings; received {test.num_parameters}"
        )
    for kind in ("state_names", "input_names", "parameter_names"):
        names, received = getattr(recordings, kind), getattr(test, kind)
        if received != names:  # the same numbers in another order would be taken for one another
            raise InputError(
                f"test: expected {kind} {list(names)} as in recordings; received {list(received)}; give test the same "
                "columns in the same order, and the same names"
            )
    if recordings[0].time_derivatives is not None and test[0].time_derivatives is None:
        raise InputError("test: expected time derivatives, as the recordings have them; received none")


def _model(choice: ModelChoice, recordings: Recordings | FrameRecordings, seed: int) -> keras.Model:
    if isinstance(recordings, FrameRecordings):
        if not (declared(choice, "sees_frames") and declared(choice, "built")):
            raise InputError(
                "model: expected a built LatentHamiltonianNetwork for recordings of frames; received "
                f"{one_line(repr(choice))}"
            )
        return choice
    if not isinstance(choice, keras.Model):
        options = ModelOptions(choice) if isinstance(choice, str) else choice
        return new_model(
            options,
            width=recordings.width,
            angles=recordings.angles,
            body_dimension=recordings.body_dimension,
            num_inputs=recordings.num_inputs,
            parameter_ranges=recordings.parameter_ranges,
            seed=seed,
        )
    given = {"inputs": np.zeros([1, recordings.num_inputs])} if recordings.num_inputs else {}
    if recordings.num_parameters:
        given["parameters"] = recordings.stacked("parameters")[:1]
    check_given(choice, given.get("inputs"), given.get("parameters"))
    try:
        if not choice.built:
            choice.build([None, recordings.width])
        choice(np.zeros([1, recordings.width]), **given)
    except (TypeError, ValueError) as error:  # Keras raises both, depending on what does not fit
        raise InputError(
            f"model: expected a model of states of {recordings.width} numbers, {recordings.num_inputs} inputs and "
            f"{recordings.num_parameters} parameters, as the recordings have; Keras says: {one_line(error)}"
        ) from error
    return choice


def _with_noise_of(found: Objective, given: Objective) -> Objective:
    """Returns the given objective with the noise levels that were found, so that all models are compared by them.

    The substeps are still chosen for each model separately.
    """
    same = copy.copy(given)
    for name in set(given.found) - set(IntegratedObjective.found):
        setattr(same, name, getattr(found, name))
    return same


def _checkpoint(
    folder: str | os.PathLike, index: int, model: keras.Model, data: TrainingSet, training: TrainingOptions
) -> Checkpoint:
    kept = pathlib.Path(folder) / "checkpoints"
    kept.mkdir(parents=True, exist_ok=True)
    # The file has the number of the model, because Keras' names of models depend on the models that were made before.
    return Checkpoint(kept / f"model_{index + 1}.npz", of=fit_identity.described(model, data, training))
