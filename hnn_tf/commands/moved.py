"""The names of version 0.1.0 at their old places, in modules that import nothing heavy."""

import importlib
from collections.abc import Callable
from typing import Any


def attribute_of(module: str) -> Callable[[str], Any]:
    """Returns a `__getattr__` for a module, which returns the attributes of another module.

    `__getattr__ = attribute_of("hnn_tf.export.onnx")`
    """

    def get(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(module), name)

    return get
