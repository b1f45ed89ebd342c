"""The command that this process is, among those that `python -m` runs."""

import pathlib
import sys
from importlib.machinery import ModuleSpec

_PACKAGES = ("export", "trainers", "benchmarks")
_INSTALLED = pathlib.Path(__file__).resolve().parents[2]


def spec() -> ModuleSpec | None:
    """Returns the module that `python -m` runs, if it has the name of one of our commands."""
    found = getattr(sys.modules.get("__main__"), "__spec__", None)
    return found if found and found.origin and found.name.split(".")[0] in _PACKAGES else None


def is_ours() -> bool:
    """Returns whether the process is one of our commands, and not another file with the same name."""
    found = spec()
    if not found or not found.origin:
        return False
    return pathlib.Path(found.origin).resolve().is_relative_to(_INSTALLED / found.name.split(".")[0])
