"""Activations with their derivatives written out in plain operations.

A Hamiltonian network computes the derivative of H in its FORWARD pass. A tape would leave TensorFlow's fused gradient
kernels (TanhGrad, ReluGrad, ...) in the exported graph. Several converters and runtimes do not support these kernels.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Activation:
    """A function that is applied to every element, and its derivative.

    Attributes:
      value: x -> a(x).
      derivative: (x, a(x)) -> a'(x). Each derivative uses the argument from which it is cheaper to compute.
      smooth: Whether a' is continuous, as the derivative of a Hamiltonian should be.
    """

    value: Callable[[tf.Tensor], tf.Tensor]
    derivative: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    smooth: bool = True


def _silu_derivative(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    return y + tf.sigmoid(x) * (1.0 - y)


relu = Activation(tf.nn.relu, lambda x, y: tf.cast(x > 0, y.dtype), smooth=False)
sigmoid = Activation(tf.sigmoid, lambda x, y: y * (1.0 - y))  # noqa: ARG005
silu = Activation(lambda x: x * tf.sigmoid(x), _silu_derivative)
sine = Activation(tf.sin, lambda x, y: tf.cos(x))  # noqa: ARG005
softplus = Activation(tf.math.softplus, lambda x, y: tf.sigmoid(x))  # noqa: ARG005
# TensorFlow's own softsign has no second derivative.
softsign = Activation(lambda x: x / (1.0 + tf.abs(x)), lambda x, y: tf.square(1.0 - tf.abs(y)))  # noqa: ARG005
tanh = Activation(tf.tanh, lambda x, y: 1.0 - y * y)  # noqa: ARG005
