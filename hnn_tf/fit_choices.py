"""The objective, the models and the training that `hnn_tf.fit` chooses by default."""

import dataclasses
from collections.abc import Sequence
from typing import TypeAlias

import keras

from hnn_tf.data.frame_recordings import FrameRecordings
from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError, one_line
from hnn_tf.models.model_options import ModelOptions
from hnn_tf.objectives.base import Objective
from hnn_tf.objectives.objective_options import ObjectiveOptions
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.training.warm_start import WIDEST_STATE, begins_in_closed_form

ModelChoice: TypeAlias = keras.Model | ModelOptions | str

CLOSED_FORMS = ("random_features", "random_features_friction")
NETWORKS = ("hnn", "hnn_friction")
"""The models that `fit` compares if no model is given: first a model that conserves energy, then one with friction.

`fit` takes `CLOSED_FORMS` if a closed form can fit the objective and states have up to six numbers, because closed
forms are faster and more exact (docs/objectives.md). Otherwise, `fit` takes `NETWORKS`.
"""


def objective_options(
    objective: Objective | ObjectiveOptions | str | None, recordings: Recordings | FrameRecordings
) -> ObjectiveOptions:
    """Returns the options of the objective, with a name that the recordings determine if none is given.

    For a given `Objective`, the options contain only its integrator.

    Raises:
      InputError: If no objective is given for recordings of frames.
    """
    if isinstance(objective, Objective):
        return ObjectiveOptions(integrator=objective.integrator.name if objective.integrator else "rk4")
    options = objective if isinstance(objective, ObjectiveOptions) else ObjectiveOptions(objective)
    if options.objective is not None:
        return options
    if not isinstance(recordings, Recordings):
        raise InputError(
            "objective: expected an objective for recordings of frames, as hnn_tf.objectives.LatentMatching(); "
            "received none"
        )
    known = recordings[0].time_derivatives is not None or options.derivatives is not None
    narrow, wide = ("combined", "derivative") if known else ("trajectory", "one_step")
    return dataclasses.replace(options, objective=narrow if recordings.width <= WIDEST_STATE else wide)


def models(
    model: ModelChoice | Sequence[ModelChoice] | None, objective: Objective, recordings: Recordings | FrameRecordings
) -> list[ModelChoice]:
    """Returns the given models or, if none are given, the models that `fit` compares for the objective.

    Raises:
      InputError: If a given model is of another type, or the list of models is empty.
    """
    if model is not None:
        choices = list(model) if isinstance(model, list | tuple) else [model]
        if not choices:
            raise InputError("model: expected at least one; received none")
        for choice in choices:
            if not isinstance(choice, keras.Model | ModelOptions | str):
                raise InputError(
                    f"model: expected a name, hnn_tf.ModelOptions or a Keras model; received {one_line(repr(choice))}"
                )
        return choices
    # The closed forms take no parameters.
    narrow = isinstance(recordings, Recordings) and recordings.width <= WIDEST_STATE and not recordings.num_parameters
    closed = objective.closed_form == "trajectories" and objective.has_loss_of_closed_form and narrow
    return list(CLOSED_FORMS if closed else NETWORKS)


def training_options(
    objective: Objective, models: Sequence[keras.Model], recordings: Recordings | FrameRecordings
) -> TrainingOptions:
    """Returns the default options of a training: few steps at a low rate if all models begin at a closed form."""
    closed = isinstance(recordings, Recordings) and all(
        begins_in_closed_form(each, width=recordings.width) for each in models
    )
    if not (objective.begins_at_closed_form and closed):
        return TrainingOptions()
    # At Adam's usual learning rate, the first steps would spoil the start.
    return TrainingOptions(steps=objective.steps_from_closed_form, learning_rate=3e-4, learning_rate_schedule="cosine")
