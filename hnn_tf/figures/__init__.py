"""Figures as PNG and GIF files; imports matplotlib, so `hnn_tf` doesn't import it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
