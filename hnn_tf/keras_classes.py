"""Imports every class that a `.keras` file may name, so that Keras knows it when it loads one."""

from hnn_tf import models, optimizers

CLASSES = tuple(getattr(package, name) for package in (models, optimizers) for name in package.__all__)
