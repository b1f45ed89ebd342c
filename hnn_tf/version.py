"""The package's version, which setup.py reads without importing anything."""

__version__ = "0.2.0"
