"""Arithmetic that all other packages use."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["activations"])
