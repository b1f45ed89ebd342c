"""What tells one fit from another: a checkpoint is of one of them only."""

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
"""Keys of a Keras configuration that depend on what else was made in the process, or repeat the rest."""


def described(model: keras.Model, data: TrainingSet, training: TrainingOptions) -> dict[str, str]:
    """Describes a fit in words, by part: model, objective, training and samples.

    Weights don't count: a checkpoint has them.
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
    # A precision is a name.
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
