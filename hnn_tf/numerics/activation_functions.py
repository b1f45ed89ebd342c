"""Activations with their derivatives written out in plain operations.

A Hamiltonian network has H's derivative in its FORWARD pass. Taken by a tape, it would leave TensorFlow's fused
gradient kernels (TanhGrad, ReluGrad, ...) in the exported graph, which several converters and runtimes don't know.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Activation:
    """A function applied to every element, and its derivative.

    Attributes:
      value: x -> a(x).
      derivative: (x, a(x)) -> a'(x); each takes what is cheaper.
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
# Not TensorFlow's own, which has no second derivative.
softsign = Activation(lambda x: x / (1.0 + tf.abs(x)), lambda x, y: tf.square(1.0 - tf.abs(y)))  # noqa: ARG005
tanh = Activation(tf.tanh, lambda x, y: 1.0 - y * y)  # noqa: ARG005
