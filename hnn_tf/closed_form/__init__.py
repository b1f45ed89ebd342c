"""Hamiltonians that are linear in their coefficients, fitted by one least-squares solve."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
