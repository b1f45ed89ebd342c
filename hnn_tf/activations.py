"""Activations whose derivatives are plain operations.

TensorFlow differentiates tanh, relu, ... through fused kernels (TanhGrad, ReluGrad, ...). A Hamiltonian model has
that derivative in its FORWARD pass, so the kernels end up in its exported graph, where several converters and
runtimes don't know them. The functions here have the same values and the derivative spelled out; it can
be differentiated again, to any order.
"""

from collections.abc import Callable

import tensorflow as tf

Activation = Callable[[tf.Tensor], tf.Tensor]


@tf.custom_gradient
def tanh(x: tf.Tensor) -> tuple[tf.Tensor, Callable]:
    """tanh x, with derivative 1 - tanh^2 x."""

    def grad(upstream: tf.Tensor) -> tf.Tensor:
        y = tanh(x)
        return upstream * (1.0 - y * y)

    return tf.tanh(x), grad


@tf.custom_gradient
def sigmoid(x: tf.Tensor) -> tuple[tf.Tensor, Callable]:
    """1 / (1 + e^-x), with derivative sigmoid(x) (1 - sigmoid(x))."""

    def grad(upstream: tf.Tensor) -> tf.Tensor:
        y = sigmoid(x)
        return upstream * y * (1.0 - y)

    return tf.sigmoid(x), grad


@tf.custom_gradient
def softplus(x: tf.Tensor) -> tuple[tf.Tensor, Callable]:
    """log(1 + e^x), with derivative sigmoid(x)."""

    def grad(upstream: tf.Tensor) -> tf.Tensor:
        return upstream * sigmoid(x)

    return tf.math.softplus(x), grad


@tf.custom_gradient
def relu(x: tf.Tensor) -> tuple[tf.Tensor, Callable]:
    """max(x, 0), with derivative 1 for x > 0 and 0 elsewhere."""

    def grad(upstream: tf.Tensor) -> tf.Tensor:
        return upstream * tf.cast(x > 0, x.dtype)

    return tf.nn.relu(x), grad


def silu(x: tf.Tensor) -> tf.Tensor:
    """x sigmoid(x), also called swish."""
    return x * sigmoid(x)


def sine(x: tf.Tensor) -> tf.Tensor:
    """Sine; TensorFlow's own derivative is the plain cosine."""
    return tf.sin(x)


ACTIVATIONS: dict[str, Activation] = {
    "relu": relu,
    "sigmoid": sigmoid,
    "silu": silu,
    "sine": sine,
    "softplus": softplus,
    "tanh": tanh,
}
"""Every activation by the name that `--activation` and the models take."""


def get(name: str) -> Activation:
    """The activation of that name.

    Raises:
      ValueError: If there is none.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"activation: expected one of {', '.join(sorted(ACTIVATIONS))}; received {name!r}")
    return ACTIVATIONS[name]
