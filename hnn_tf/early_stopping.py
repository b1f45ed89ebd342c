"""`hnn_tf.training.early_stopping`, at the place where 0.1.0 had it."""

from hnn_tf.commands.moved import attribute_of

__getattr__ = attribute_of("hnn_tf.training.early_stopping")
