"""The name that `hnn_tf.export.versions` had in version 0.1.0."""

from hnn_tf.commands.moved import attribute_of

__getattr__ = attribute_of("hnn_tf.export.versions")
