"""Typed options: frozen dataclasses whose fields describe the meaning and the values of each option.

The trainers' flags are made from these classes, so that each option has one definition. This module imports nothing
heavy.
"""

import dataclasses
import types
import typing
from collections.abc import Collection, Iterator
from typing import Any

from hnn_tf.input_error import OptionError


@dataclasses.dataclass(frozen=True)
class Option:
    """A description of a field of `Options`.

    Attributes:
      meaning: The effect of the option, in one line.
      choices: The allowed names; by default, any value of the option's type.
      least: The least allowed number.
      most: The largest allowed number.
      or_zero: Whether 0 is also allowed.
      of_the_model: Whether the trained model depends on the option. If so, a run cannot be resumed with another value.
    """

    meaning: str
    choices: Collection[str] | None = None
    least: float | None = None
    most: float | None = None
    or_zero: bool = False
    of_the_model: bool = True


def option(default: Any, meaning: str, **restrictions: Any) -> Any:
    """Returns a field of `Options` with the given default; see `Option` for the other arguments."""
    return dataclasses.field(default=default, metadata={"option": Option(meaning, **restrictions)})


@dataclasses.dataclass(frozen=True)
class Options:
    """The base class of options, whose fields are all made by `option`.

    Raises:
      OptionError: If a value has another type, or is out of range.
    """

    def __post_init__(self) -> None:
        for name, kind, said in described(type(self)):
            value = kind.plain(getattr(self, name))
            if not kind.accepts(value):
                raise OptionError(f"{{{name}}}: expected {kind.words}", **{name: value})
            if kind.base is float and value is not None:
                value = tuple(map(float, value)) if kind.is_tuple else float(value)
            object.__setattr__(self, name, value)  # a plain value, which JSON can hold
            problem = _problem(value, said)
            if problem:
                raise OptionError(f"{{{name}}}: expected {problem}", **{name: value})


@dataclasses.dataclass(frozen=True)
class Kind:
    """The type of an option's values.

    Attributes:
      base: `bool`, `int`, `float` or `str`; for a tuple, the type of its members.
      is_tuple: Whether the option has several values.
      optional: Whether None is allowed.
    """

    base: type
    is_tuple: bool
    optional: bool

    @property
    def words(self) -> str:
        """A description of the allowed values, in words."""
        name = {bool: "True or False", int: "an integer", float: "a number", str: "a string"}[self.base]
        if self.is_tuple:
            name = {int: "a tuple of integers", float: "a tuple of numbers"}.get(self.base, "a tuple of strings")
        return f"{name}, or None" if self.optional else name

    def plain(self, value: Any) -> Any:
        """Returns a value without NumPy: a NumPy number as a Python number, and an array or a list as a tuple."""
        if hasattr(value, "tolist"):  # a value of NumPy, which is not imported here
            value = value.tolist()
        return tuple(value) if isinstance(value, list) else value

    def accepts(self, value: Any) -> bool:
        """Returns whether a value has this type. An integer is also a number."""
        if value is None:
            return self.optional
        if self.is_tuple:
            return isinstance(value, tuple) and all(_is_of(each, self.base) for each in value)
        return _is_of(value, self.base)


def described(options: type[Options]) -> Iterator[tuple[str, Kind, Option]]:
    """Yields the name, type and description of each field, in order."""
    hints = typing.get_type_hints(options)
    for field in dataclasses.fields(options):
        yield field.name, _kind(hints[field.name]), field.metadata["option"]


def _kind(hint: Any) -> Kind:
    members = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    (main,) = (member for member in members if member is not types.NoneType)
    is_tuple = typing.get_origin(main) is tuple
    return Kind(typing.get_args(main)[0] if is_tuple else main, is_tuple, types.NoneType in members)


def _is_of(value: Any, base: type) -> bool:
    if isinstance(value, bool):
        return base is bool
    return isinstance(value, (int, float) if base is float else base)


def _problem(value: Any, said: Option) -> str | None:
    """Returns a description of the expected value if a value of the right type is not valid; otherwise None."""
    if value is None:
        return None
    if said.choices is not None and value not in said.choices:
        return f"one of {', '.join(sorted(said.choices))}"
    if said.least is None and said.most is None:
        return None
    least = float("-inf") if said.least is None else said.least
    most = float("inf") if said.most is None else said.most
    if isinstance(value, tuple):
        return None if all(least <= each <= most for each in value) else f"numbers from {least:g} to {most:g}"
    if least <= value <= most or (said.or_zero and value == 0):  # NaN is outside every range
        return None
    return f"{'0, or ' if said.or_zero else ''}a number from {least:g} to {most:g}"
