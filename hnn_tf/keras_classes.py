"""Imports all classes that a `.keras` file may name, so that Keras knows them when it loads a file."""

from hnn_tf import models, optimizers

CLASSES = tuple(getattr(package, name) for package in (models, optimizers) for name in package.__all__)
