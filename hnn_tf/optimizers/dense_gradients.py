"""Dense gradients of all variables, including those that a loss does not use."""

from collections.abc import Sequence

import keras
import tensorflow as tf


def dense_gradients(tape: tf.GradientTape, loss: tf.Tensor, variables: Sequence[keras.Variable]) -> list[tf.Tensor]:
    """Returns the gradients, which are zero for variables on which the loss does not depend, such as a constant in H.

    The learned columns of a batch are gathered, and their gradients are slices. These slices are also converted to
    tensors.
    """
    return [
        tf.zeros(variable.shape, variable.dtype) if gradient is None else tf.convert_to_tensor(gradient)
        for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True)
    ]
