"""The parameters theta of a motion: quantities, such as a mass, that are constant along a motion."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from hnn_tf.input_error import InputError
from hnn_tf.typing import Hamiltonian, State


def check_parameters(motion: Any, parameters: Any) -> None:
    """Refuses parameters that a motion or an energy does not take, and missing parameters.

    Args:
      motion: A model or a layer. It takes k parameters if it declares this number as `num_parameters`.
      parameters: A tensor or an array `[..., k]`, or None.

    Raises:
      InputError: If the motion takes no parameters and there are some, or it takes parameters, and they are missing or
        have another width than k.
    """
    name = getattr(motion, "name", None) or type(motion).__name__
    expected = getattr(motion, "num_parameters", 0)
    if parameters is None and expected:
        raise InputError(f"{name}: expected parameters of width {expected}; received none; give parameters=...")
    if parameters is None:
        return
    if not expected:
        raise InputError(
            f"{name}: takes no parameters; leave the parameters out, or take a model with "
            "MLPHamiltonian(num_parameters=k)"
        )
    shape = tuple(parameters.shape)
    if not shape or shape[-1] not in (None, expected):
        raise InputError(f"{name}: expected parameters of width {expected}; received shape {shape}")


def of_every_state(parameters: tf.Tensor, state: State) -> tf.Tensor:
    """Returns the parameters `[..., k]` of states `[..., 2n]`, for parameters `[..., k]` or `[k]`."""
    return parameters + tf.zeros_like(state[..., :1])


def energy_at(hamiltonian: Callable[..., tf.Tensor], parameters: tf.Tensor | None) -> Hamiltonian:
    """Returns H at fixed parameters, as a function of the state alone.

    Args:
      hamiltonian: H, which is called as `hamiltonian(state, parameters=theta)`.
      parameters: Theta `[..., k]`, for each state, or None for an H without parameters, which is returned itself.
    """
    return hamiltonian if parameters is None else _EnergyAt(hamiltonian, parameters)


@dataclasses.dataclass(frozen=True, eq=False)
class _EnergyAt:
    """H at fixed parameters. It has a method `gradient` if H has one."""

    hamiltonian: Any
    parameters: tf.Tensor

    def __call__(self, state: State) -> tf.Tensor:
        return self.hamiltonian(state, parameters=self.parameters)

    @property
    def gradient(self) -> Callable[[State], tf.Tensor]:
        return functools.partial(self.hamiltonian.gradient, parameters=self.parameters)
