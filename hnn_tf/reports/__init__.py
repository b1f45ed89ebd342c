"""The report of a run on measured data: one HTML file that needs no other file and no network."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
