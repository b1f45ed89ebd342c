"""The description that distinguishes one fit from another, because a checkpoint belongs to only one fit."""

import json
from typing import Any

import keras
import numpy as np

from hnn_tf.data.digest import fingerprint
from hnn_tf.integrators import Integrator
from hnn_tf.objectives import Objective
from hnn_tf.training.training_options import TrainingOptions
from hnn_tf.training.training_set import TrainingSet

_NAMES = ("name", "shared_object_id", "build_config", "module")
"""The keys of a Keras configuration that depend on other objects of the process, or that repeat other keys."""


def described(model: keras.Model, data: TrainingSet, training: TrainingOptions) -> dict[str, str]:
    """Returns the description of a fit, as texts by part: model, objective, training and samples.

    The description has no weights, because the checkpoint has them.
    """
    return {
        "model": _words(_nameless(keras.saving.serialize_keras_object(model))),
        "objective": _words(data.objective),
        "training": repr(training),
        "samples": fingerprint(data.train) + _words(data.angles),
    }


def _nameless(config: Any) -> Any:
    if isinstance(config, list | tuple):
        return [_nameless(each) for each in config]
    if not isinstance(config, dict):
        return config
    kept = {key: value for key, value in config.items() if key not in _NAMES}
    # The configuration of a precision consists of its name, so the name is kept.
    return {key: value if key == "dtype" else _nameless(value) for key, value in kept.items()}


def _words(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Integrator):
        return value.name
    if isinstance(value, Objective):
        return {"objective": value.name} | vars(value)
    return repr(value)
