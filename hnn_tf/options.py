"""Typed options: frozen dataclasses whose fields say what each option means and which values it takes.

The trainers' flags are made from them, so that an option has one definition. Imports nothing heavy.
"""

import dataclasses
import types
import typing
from collections.abc import Collection, Iterator
from typing import Any

from hnn_tf.input_error import OptionError


@dataclasses.dataclass(frozen=True)
class Option:
    """What a field of `Options` says of itself.

    Attributes:
      meaning: One line that says what the option does.
      choices: The names that it takes; anything of its type when not given.
      least: The least number that it takes.
      most: The largest number that it takes.
      or_zero: Whether 0 is taken, too.
      of_the_model: Whether the trained model depends on it. A run can't be resumed with another value then.
    """

    meaning: str
    choices: Collection[str] | None = None
    least: float | None = None
    most: float | None = None
    or_zero: bool = False
    of_the_model: bool = True


def option(default: Any, meaning: str, **restrictions: Any) -> Any:
    """A field of `Options` with its default; see `Option` for the rest."""
    return dataclasses.field(default=default, metadata={"option": Option(meaning, **restrictions)})


@dataclasses.dataclass(frozen=True)
class Options:
    """Base class of options; every field is made by `option`.

    Raises:
      OptionError: If a value is of another type, or outside of its range.
    """

    def __post_init__(self) -> None:
        for name, kind, said in described(type(self)):
            value = kind.plain(getattr(self, name))
            if not kind.accepts(value):
                raise OptionError(f"{{{name}}}: expected {kind.words}", **{name: value})
            if kind.base is float and value is not None:
                value = float(value)
            object.__setattr__(self, name, value)  # a plain value, which JSON can hold
            problem = _problem(value, said)
            if problem:
                raise OptionError(f"{{{name}}}: expected {problem}", **{name: value})


@dataclasses.dataclass(frozen=True)
class Kind:
    """The type of an option's values.

    Attributes:
      base: `bool`, `int`, `float` or `str`; of a tuple, that of its members.
      is_tuple: Whether it takes several values.
      optional: Whether it takes None.
    """

    base: type
    is_tuple: bool
    optional: bool

    @property
    def words(self) -> str:
        """What it accepts, in words."""
        name = {bool: "True or False", int: "an integer", float: "a number", str: "a string"}[self.base]
        name = "a tuple of integers" if self.is_tuple else name
        return f"{name}, or None" if self.optional else name

    def plain(self, value: Any) -> Any:
        """A value without NumPy: a number of it as Python's own, its arrays and other lists as tuples."""
        if hasattr(value, "tolist"):  # NumPy's, without an import of it
            value = value.tolist()
        return tuple(value) if isinstance(value, list) else value

    def accepts(self, value: Any) -> bool:
        """Whether a value is of this type; an integer is a number, too."""
        if value is None:
            return self.optional
        if self.is_tuple:
            return isinstance(value, tuple) and all(_is_of(each, self.base) for each in value)
        return _is_of(value, self.base)


def described(options: type[Options]) -> Iterator[tuple[str, Kind, Option]]:
    """Name, type and description of each field, in their order."""
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
    """What was expected instead of a value of the right type; None if it can be used."""
    if value is None:
        return None
    if said.choices is not None and value not in said.choices:
        return f"one of {', '.join(sorted(said.choices))}"
    if said.least is None and said.most is None:
        return None
    least = float("-inf") if said.least is None else said.least
    most = float("inf") if said.most is None else said.most
    if least <= value <= most or (said.or_zero and value == 0):  # NaN is outside of every range
        return None
    return f"{'0, or ' if said.or_zero else ''}a number from {least:g} to {most:g}"
