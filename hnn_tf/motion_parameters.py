"""The parameters theta of a motion: quantities, such as a mass, that are constant along a motion."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.declarations import declared, name_of
from hnn_tf.input_error import InputError
from hnn_tf.numerics import scalars
from hnn_tf.typing import State


def check_parameters(motion: Any, parameters: Any, state: Any = None) -> None:
    """Refuses parameters that a motion or an energy does not take, and missing parameters.

    Args:
      motion: A model or a layer. It takes k parameters if it declares this number as `num_parameters`.
      parameters: A tensor, an array or a list `[..., k]`, or None.
      state: The states or vectors `[..., d]` that have these parameters; None if they are not known here.

    Raises:
      InputError: If the motion takes no parameters and there are some, or it takes parameters, and they are missing,
        have another width than k, or are neither `[k]` nor those of each state.
    """
    name, expected = name_of(motion), declared(motion, "num_parameters")
    if parameters is None and expected:
        raise InputError(f"{name}: expected parameters of width {expected}; received none; give parameters=...")
    if parameters is None:
        return
    if not expected:
        raise InputError(
            f"{name}: takes no parameters; leave the parameters out, or take a model with "
            "MLPHamiltonian(num_parameters=k)"
        )
    shape = _shape(parameters)
    if not shape or shape[-1] not in (None, expected):
        raise InputError(f"{name}: expected parameters of width {expected}; received shape {shape}")
    if state is not None:
        _check_rows(name, parameters, state)


def _shape(parameters: Any) -> tuple[int | None, ...]:
    return tuple(parameters.shape) if hasattr(parameters, "shape") else np.shape(parameters)


def _check_rows(name: str, parameters: Any, state: Any) -> None:
    shape = _shape(parameters)
    if not _broadcasts(shape[:-1], state.shape[:-1]):
        raise InputError(
            f"{name}: expected parameters [k] for all states, or a row [..., k] for each state of shape "
            f"{tuple(state.shape)}; received shape {shape}"
        )


def _broadcasts(shape: tuple[int | None, ...], batch: Any) -> bool:
    """Returns whether a shape can be broadcast to the shape of a batch. Unknown sizes fit."""
    try:
        common = tf.broadcast_static_shape(tf.TensorShape(shape), tf.TensorShape(batch))
    except ValueError:
        return False
    return common.is_compatible_with(batch)


def of_every_state(parameters: tf.Tensor, state: State) -> tf.Tensor:
    """Returns the parameters `[..., k]` of states `[..., 2n]`, for parameters `[..., k]` or `[k]`.

    Raises:
      InputError: If the parameters are neither `[k]` nor those of each state.
    """
    _check_rows("parameters", parameters, state)
    zeros = tf.zeros_like(state[..., :1])
    return scalars.cast(parameters, zeros.dtype) + zeros


def given_parameters(parameters: tf.Tensor | None) -> dict[str, tf.Tensor]:
    """Returns the keyword arguments of a method that need not take parameters, and then is given none."""
    return {} if parameters is None else {"parameters": parameters}


def at_parameters(function: Callable[..., tf.Tensor], parameters: tf.Tensor | None) -> Callable[[State], tf.Tensor]:
    """Returns an energy or a motion at fixed parameters, as a function of the state alone.

    Args:
      function: A model or a layer, which is called as `function(state, parameters=theta)`.
      parameters: Theta `[..., k]` or `[k]`, or None for a function without parameters, which is returned itself.
    """
    return function if parameters is None else _AtParameters(function, parameters)


@dataclasses.dataclass(frozen=True, eq=False)
class _AtParameters:
    """A function at fixed parameters. It has a method `gradient` if the function has one."""

    function: Any
    parameters: tf.Tensor

    def __call__(self, state: State) -> tf.Tensor:
        return self.function(state, parameters=of_every_state(self.parameters, state))

    @property
    def gradient(self) -> Callable[[State], tf.Tensor]:
        gradient = self.function.gradient  # without such a method, an AttributeError, as for the function itself
        return lambda state: gradient(state, parameters=of_every_state(self.parameters, state))
