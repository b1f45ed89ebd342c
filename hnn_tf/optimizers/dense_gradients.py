"""Gradients of all variables, whatever a loss reads of them."""

from collections.abc import Sequence

import keras
import tensorflow as tf


def dense_gradients(tape: tf.GradientTape, loss: tf.Tensor, variables: Sequence[keras.Variable]) -> list[tf.Tensor]:
    """The gradients, zero where the loss doesn't depend on a variable, as on a constant in H.

    A batch's learned columns are gathered, whose gradients are slices: those, too, are tensors here.
    """
    return [
        tf.zeros(variable.shape, variable.dtype) if gradient is None else tf.convert_to_tensor(gradient)
        for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True)
    ]
