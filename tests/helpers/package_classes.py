"""All classes of the package, found by importing every module: what a contract suite must cover."""

import importlib
import inspect
import pkgutil

import hnn_tf


def subclasses(base):
    """The concrete classes of hnn_tf that derive from `base`, whether anything registers them or not."""
    modules = [importlib.import_module(info.name) for info in pkgutil.walk_packages(hnn_tf.__path__, "hnn_tf.")]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    return {
        kind
        for kind in classes
        if issubclass(kind, base) and kind.__module__.startswith("hnn_tf.") and not inspect.isabstract(kind)
    }
