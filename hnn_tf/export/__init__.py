"""Exports of models as SavedModels, for TensorFlow Serving and other programs."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
