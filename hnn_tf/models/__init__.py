"""Keras models that compute time derivatives of states, and the layers of these models."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
