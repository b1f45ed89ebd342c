"""Names of 0.1.0 at the place where they were, in modules that import nothing heavy."""

import importlib
from collections.abc import Callable
from typing import Any


def attribute_of(module: str) -> Callable[[str], Any]:
    """What a module takes as its `__getattr__` to give what another module has.

    `__getattr__ = attribute_of("hnn_tf.export.onnx")`
    """

    def get(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(module), name)

    return get
