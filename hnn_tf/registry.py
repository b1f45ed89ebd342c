"""Parts by name, of which none is imported before it is asked for."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Names of parts, and where each part is: a command's `--help` needs the names alone, and not TensorFlow.

    Args:
      places: "module:attribute" by name.
      make: Makes the part from what is there; by default the part is what is there.
    """

    def __init__(self, places: Mapping[str, str], make: Callable[[Any], T] = lambda found: found) -> None:
        self._places, self._make = dict(places), make
        self._parts: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        """The part of that name.

        Raises:
          KeyError: If there is none.
        """
        if name not in self._parts:
            module, attribute = self._places[name].split(":")
            self._parts[name] = self._make(getattr(importlib.import_module(module), attribute))
        return self._parts[name]

    def __setitem__(self, name: str, part: T) -> None:
        """Adds a part of your own."""
        self._parts[name], self._places[name] = part, ""

    def __contains__(self, name: object) -> bool:
        """Whether a part has that name; imports nothing."""
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._places)

    def __len__(self) -> int:
        """How many parts there are."""
        return len(self._places)
