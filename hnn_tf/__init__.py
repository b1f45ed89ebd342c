"""Hamiltonian neural networks for TensorFlow and Keras 3."""

import lazy_loader

from hnn_tf.commands import shadowed_command, this_command

# A part is imported when it is first used, and TensorFlow with it, so that `--help` does not import TensorFlow.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

shadowed_command.tell()
if not this_command.is_ours():
    # Keras loads a file only if it knows the classes in the file, and a program that loads a file may use nothing else
    # of this package.
    from hnn_tf import keras_classes as keras_classes
