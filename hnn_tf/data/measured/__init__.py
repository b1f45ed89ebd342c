"""Recordings from tables of measurements: roles of columns, units, checks, and what was found.

The parts are imported when they are first used, because they need pandas and pint, which take a second.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
