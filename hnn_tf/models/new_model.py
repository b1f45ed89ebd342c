"""The construction of untrained models from options."""

from collections.abc import Sequence
from typing import Any

import keras

from hnn_tf.models.model_options import ModelOptions
from hnn_tf.models.registry import MODELS


def new_model(
    options: ModelOptions,
    *,
    width: int,
    angles: Sequence[int] = (),
    body_dimension: int | None = None,
    num_inputs: int = 0,
    parameter_ranges: Sequence[Sequence[float]] = (),
    masses: Sequence[float] = (1.0,),
    seed: int = 0,
) -> keras.Model:
    """Returns a built model of states, whose weights are drawn with a seed.

    Args:
      options: The kind and the size of the model.
      width: 2n.
      angles: The indices of the positions that are angles in rad.
      body_dimension: The dimension of the space in which bodies move, if the state is that of bodies.
      num_inputs: m, the number of inputs of the motion.
      parameter_ranges: The smallest and the largest value of each parameter of the motion, `[k, 2]`. The model takes as
        many parameters.
      masses: The known masses, one for all momenta or n numbers, of the models that do not learn T(p).
      seed: The seed of the weights. The function also sets the global seeds of Python, NumPy and TensorFlow to it.

    Raises:
      OptionError: If the options do not fit the model.
    """
    keras.utils.set_random_seed(seed)
    model = new_unbuilt_model(
        options,
        angles=angles,
        body_dimension=body_dimension,
        num_inputs=num_inputs,
        parameter_ranges=parameter_ranges,
        masses=masses,
    )
    model.build([None, width])
    return model


def new_unbuilt_model(
    options: ModelOptions,
    *,
    angles: Sequence[int] = (),
    body_dimension: int | None = None,
    num_inputs: int = 0,
    parameter_ranges: Sequence[Sequence[float]] = (),
    masses: Sequence[float] = (1.0,),
) -> keras.Model:
    """Returns a model of the given options that is not built yet, because the width of its states is unknown."""
    # A builder of your own need not know inputs, parameters and masses.
    given: dict[str, Any] = {}
    if num_inputs or options.control:
        given |= {"num_inputs": num_inputs, "control": options.control}
    if len(parameter_ranges):
        given["parameter_ranges"] = parameter_ranges
    if tuple(masses) != (1.0,):
        given["masses"] = masses
    return MODELS[options.model](
        hidden_units=options.hidden_units,
        activation=options.activation,
        dtype=options.precision,
        time_reversible=options.time_reversible,
        periodic=tuple(angles),
        body_dimension=body_dimension,
        **given,
    )
