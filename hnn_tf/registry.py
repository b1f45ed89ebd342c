"""Registries of parts by name, which import a part only when it is used."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """The names of parts, and the place of each part.

    A command's `--help` needs only the names, and therefore imports no part and no TensorFlow.

    Args:
      places: The place of each part, "module:attribute", by name.
      make: A function that makes the part from the attribute; by default, the attribute itself is the part.
    """

    def __init__(self, places: Mapping[str, str], make: Callable[[Any], T] = lambda found: found) -> None:
        self._places, self._make = dict(places), make
        self._parts: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        """Returns the part with the given name.

        Raises:
          KeyError: If there is no such part.
        """
        if name not in self._parts:
            module, attribute = self._places[name].split(":")
            self._parts[name] = self._make(getattr(importlib.import_module(module), attribute))
        return self._parts[name]

    def __setitem__(self, name: str, part: T) -> None:
        """Adds a part of your own under the given name."""
        self._parts[name], self._places[name] = part, ""

    def __contains__(self, name: object) -> bool:
        """Returns whether a part has the given name, without importing anything."""
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        """Iterates over the names."""
        return iter(self._places)

    def __len__(self) -> int:
        """Returns the number of parts."""
        return len(self._places)
