"""Models of a user's own measurements: several are fitted, compared on held-out readings, and explained."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
