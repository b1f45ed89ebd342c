"""Checks of the physical parameters of systems."""

import dataclasses
import math
import numbers
from typing import Any

from hnn_tf.input_error import InputError


def check_positive(system: Any, *names: str) -> None:
    """Refuses a system with a parameter that is not a finite number > 0.

    Args:
      system: A dataclass.
      *names: The fields to check; by default, all fields.

    Raises:
      InputError: If one of the parameters is not a finite number > 0.
    """
    for name in names or [field.name for field in dataclasses.fields(system)]:
        value = getattr(system, name)
        _check(system, name, "a finite number > 0", _is_finite(value) and value > 0)


def check_not_negative(system: Any, *names: str) -> None:
    """Refuses a system if one of the named parameters is not a finite number >= 0.

    Raises:
      InputError: If one of the parameters is not a finite number >= 0.
    """
    for name in names:
        value = getattr(system, name)
        _check(system, name, "a finite number >= 0", _is_finite(value) and value >= 0)


def check_counts(system: Any, *names: str) -> None:
    """Refuses a system if one of the named parameters is not an integer >= 1.

    Raises:
      InputError: If one of the parameters is not an integer >= 1.
    """
    for name in names:
        value = getattr(system, name)
        whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
        _check(system, name, "an integer >= 1", whole and value >= 1)


def check_positive_tuple(system: Any, name: str, *, least: int = 0, length: int | None = None) -> None:
    """Refuses a system if the named parameter is not a tuple of finite numbers > 0.

    A list is refused, because a system must be hashable.

    Args:
      system: The system.
      name: The parameter.
      least: The least number of elements.
      length: The exact number of elements, if there is one.

    Raises:
      InputError: If the parameter is not as described.
    """
    value = getattr(system, name)
    count = f"{length} finite number{'s' * (length != 1)}" if length is not None else f"at least {least} finite numbers"
    fits = isinstance(value, tuple) and (len(value) >= least if length is None else len(value) == length)
    _check(system, name, f"a tuple of {count} > 0", fits and all(_is_finite(x) and x > 0 for x in value))


def _is_finite(value: Any) -> bool:
    return isinstance(value, numbers.Real) and math.isfinite(value)


def _check(system: Any, name: str, expected: str, fits: bool) -> None:
    if not fits:
        raise InputError(f"{type(system).__name__}: {name}: expected {expected}; received {getattr(system, name)}")
