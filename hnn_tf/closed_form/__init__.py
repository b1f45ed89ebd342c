"""Hamiltonians that are linear in their coefficients, fitted by linear least squares."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
