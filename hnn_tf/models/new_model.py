"""An untrained model of given options."""

from collections.abc import Sequence

import keras

from hnn_tf.models.model_options import ModelOptions
from hnn_tf.models.registry import MODELS


def new_model(options: ModelOptions, *, width: int, angles: Sequence[int] = (), seed: int = 0) -> keras.Model:
    """A built model of states, its weights drawn by a seed.

    Args:
      options: Which model, and its size.
      width: 2n.
      angles: Indices of the positions that are angles in rad.
      seed: Of the weights; also Python's, NumPy's and TensorFlow's global seed from now on.

    Raises:
      OptionError: If the model can't be made of these options.
    """
    keras.utils.set_random_seed(seed)
    model = new_unbuilt_model(options, angles=angles)
    model.build([None, width])
    return model


def new_unbuilt_model(options: ModelOptions, *, angles: Sequence[int] = ()) -> keras.Model:
    """A model of these options, of states of a width that isn't known yet."""
    return MODELS[options.model](
        hidden_units=options.hidden_units,
        activation=options.activation,
        dtype=options.precision,
        time_reversible=options.time_reversible,
        periodic=tuple(angles),
    )
