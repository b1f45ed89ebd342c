"""Activations from any function. TensorFlow differentiates the function, and its properties are measured."""

import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from hnn_tf.input_error import InputError, one_line
from hnn_tf.numerics.activation_functions import Activation
from hnn_tf.numerics.eager_thread import in_eager_thread

Function = Callable[[tf.Tensor], tf.Tensor]

POINTS = np.linspace(-10.0, 10.0, 4000) + 0.0012345
"""The points at which a function is evaluated.

The points are shifted by 0.0012345, so that no point is at a number where a function is likely to have a kink.
"""

_BISECTIONS = 35
"""The number of bisections of an interval between two points.

The bisections shorten the interval from 0.005 to about 1e-13. In so short an interval, the change of a smooth function
is negligible.
"""


@functools.cache
def probed_activation(function: Function) -> Activation:
    """Returns a function as an activation, whose derivative TensorFlow computes by automatic differentiation.

    The activation is `smooth` if neither the function nor its derivative jumps between two points from -10 to 10.

    Raises:
      InputError: If the function is not a TensorFlow function of one tensor, does not map each number separately, or
        has a value that is not finite.
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
    """Returns whether TensorFlow can differentiate the derivative again, as the training of a Hamiltonian does."""

    def differentiates() -> bool:
        x = tf.constant(POINTS)
        with tf.GradientTape() as tape:
            tape.watch(x)
            slope = activation.derivative(x, activation.value(x))
        try:
            tape.gradient(slope, x)
        except LookupError:  # an operation has no registered gradient
            return False
        return True

    return in_eager_thread(differentiates)


def name_of(function: Function) -> str:
    """Returns the name of a function for messages: its own name or, if it has none, the name of its type."""
    return getattr(function, "__name__", type(function).__name__)


def _check_elementwise(function: Function) -> None:
    wide = tf.reshape(tf.constant(POINTS), [50, -1])
    try:
        values, others = function(wide), function(tf.transpose(wide))
    except Exception as error:  # the function may raise any error
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
    """Returns whether a function jumps between any two neighbouring points.

    Each interval is bisected towards the half in which the function changes more.
    """

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
