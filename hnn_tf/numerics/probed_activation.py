"""Activations of any function, whose properties are measured and whose derivatives TensorFlow takes."""

import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError, one_line
from hnn_tf.numerics.activation_functions import Activation
from hnn_tf.numerics.eager_thread import in_eager_thread

Function = Callable[[tf.Tensor], tf.Tensor]

POINTS = np.linspace(-10.0, 10.0, 4000) + 0.0012345
"""Where a function is looked at; no kink that someone would choose is at one of them."""

_BISECTIONS = 35
"""Of intervals of 0.005: what a smooth function changes by in the last, of 1e-13, is nothing."""


@functools.cache
def probed_activation(function: Function) -> Activation:
    """A function as an activation: its derivative by automatic differentiation.

    Whether it is `smooth`, the value and the derivative without jumps, is measured from -10 to 10.

    Raises:
      InputError: If it isn't a finite function of each number by itself.
    """

    def derivative(x: tf.Tensor, _: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        return tape.gradient(value, x, unconnected_gradients="zero")

    def is_smooth() -> bool:
        _check_elementwise(function)
        return not _jumps(function) and not _jumps(lambda x: derivative(x, x))

    return Activation(function, derivative, smooth=in_eager_thread(is_smooth))


def has_second_derivative(activation: Activation) -> bool:
    """Whether TensorFlow can differentiate the derivative again, as training a Hamiltonian does."""

    def differentiates() -> bool:
        x = tf.constant(POINTS)
        with tf.GradientTape() as tape:
            tape.watch(x)
            slope = activation.derivative(x, activation.value(x))
        try:
            tape.gradient(slope, x)
        except LookupError:  # An operation without a registered gradient.
            return False
        return True

    return in_eager_thread(differentiates)


def name_of(function: Function) -> str:
    """What messages call it."""
    return getattr(function, "__name__", type(function).__name__)


def _check_elementwise(function: Function) -> None:
    wide = tf.reshape(tf.constant(POINTS), [50, -1])
    try:
        values, others = function(wide), function(tf.transpose(wide))
    except Exception as error:  # of whatever kind
        raise InputError(
            f"activation {name_of(function)!r}: expected a function of one tensor; the call ends in: {one_line(error)}"
        ) from error
    kept = all(tf.is_tensor(v) and (v.dtype, v.shape.rank) == (wide.dtype, 2) for v in (values, others))
    if not kept or values.shape != wide.shape or not np.allclose(values, tf.transpose(others), equal_nan=True):
        raise InputError(
            f"activation {name_of(function)!r}: expected a TensorFlow function of each number alone, which keeps "
            "shape and dtype; received another function"
        )
    if not np.isfinite(values).all():
        raise InputError(
            f"activation {name_of(function)!r}: expected finite values from -10 to 10; received NaN or infinity"
        )


def _jumps(function: Function) -> bool:
    """Whether it jumps between any two of the points, by bisection to where it changes most."""

    def at(x: np.ndarray) -> np.ndarray:
        return function(tf.constant(x)).numpy()

    left, right = POINTS[:-1], POINTS[1:]
    low, high = at(left), at(right)
    for _ in range(_BISECTIONS):
        middle = (left + right) / 2.0
        value = at(middle)
        first = np.abs(value - low) > np.abs(high - value)
        left, right = np.where(first, left, middle), np.where(first, middle, right)
        low, high = np.where(first, low, value), np.where(first, value, high)
    return bool(np.any(np.abs(high - low) > 1e-6 * (np.abs(low) + np.abs(high)) + 1e-9))
