"""Activations with their derivatives written out in plain operations.

A Hamiltonian network computes the derivative of H in its FORWARD pass, and a Lagrangian network also the second
derivatives of L. A tape would leave TensorFlow's fused gradient kernels (TanhGrad, ReluGrad, ...) in the exported
graph. Several converters and runtimes do not support these kernels.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf


Derivative = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""A function (x, a(x)) -> a derivative of a at x. It uses the argument from which the derivative is cheaper to compute."""


@dataclasses.dataclass(frozen=True)
class Activation:
    """A function that is applied to every element, and its derivatives.

    Attributes:
      value: x -> a(x).
      derivative: (x, a(x)) -> a'(x).
      second_derivative: (x, a(x)) -> a''(x).
      smooth: Whether a' is continuous, as the derivative of a Hamiltonian should be.
    """

    value: Callable[[tf.Tensor], tf.Tensor]
    derivative: Derivative
    second_derivative: Derivative
    smooth: bool = True


def _silu_derivative(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    return y + tf.sigmoid(x) * (1.0 - y)


def _silu_second_derivative(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    return (1.0 - tf.sigmoid(x)) * (_silu_derivative(x, y) + tf.sigmoid(x) * (1.0 - y))


def _softplus_second_derivative(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    del y
    return tf.sigmoid(x) * tf.sigmoid(-x)


def _softsign_second_derivative(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    del x
    return -2.0 * tf.sign(y) * (1.0 - tf.abs(y)) ** 3


relu = Activation(tf.nn.relu, lambda x, y: tf.cast(x > 0, y.dtype), lambda x, y: tf.zeros_like(y), smooth=False)  # noqa: ARG005
sigmoid = Activation(tf.sigmoid, lambda x, y: y * (1.0 - y), lambda x, y: y * (1.0 - y) * (1.0 - 2.0 * y))  # noqa: ARG005
silu = Activation(lambda x: x * tf.sigmoid(x), _silu_derivative, _silu_second_derivative)
sine = Activation(tf.sin, lambda x, y: tf.cos(x), lambda x, y: -y)  # noqa: ARG005
softplus = Activation(tf.math.softplus, lambda x, y: tf.sigmoid(x), _softplus_second_derivative)  # noqa: ARG005
softsign = Activation(
    lambda x: x / (1.0 + tf.abs(x)),  # TensorFlow's own softsign has no second derivative
    lambda x, y: tf.square(1.0 - tf.abs(y)),  # noqa: ARG005
    _softsign_second_derivative,
)
tanh = Activation(tf.tanh, lambda x, y: 1.0 - y * y, lambda x, y: -2.0 * y * (1.0 - y * y))  # noqa: ARG005
