"""Conversions between the two orders of the numbers in a state of bodies.

The states of `hnn_tf.systems.NBody` are component-major: all x, then all y, then all z. For two bodies in the plane,
the order is (x_1, x_2, y_1, y_2, p_x1, p_x2, p_y1, p_y2). Many data sets are body-major: (x_1, y_1, x_2, y_2, p_x1,
p_y1, p_x2, p_y2). The numbers themselves do not show which order they have.
"""

from typing import TypeVar

import numpy as np
import tensorflow as tf

LAYOUT = "positions, then momenta; of each all x, then all y, then all z, in the order of the bodies"
"""The order of the numbers in a state of bodies, in words."""

States = TypeVar("States", np.ndarray, tf.Tensor)


def component_major(states: States, *, dimension: int) -> States:
    """Converts body-major states of bodies to the order of `NBody`.

    (x_1, y_1, x_2, y_2, p_x1, p_y1, ...) -> (x_1, x_2, y_1, y_2, p_x1, p_x2, ...). The function does not convert
    velocities: the momenta must already be m_i v_i. Time derivatives have the same order as states.

    Args:
      states: Array or tensor `[..., 2n]`, with any batch; n is the number of bodies times the dimension.
      dimension: 2 or 3.

    Returns:
      The same numbers `[..., 2n]`, of the same kind and precision.

    Raises:
      ValueError: If the dimension is neither 2 nor 3, or the last axis does not hold positions and momenta of whole
        bodies.
    """
    return _taken(states, _order(states, dimension))


def body_major(states: States, *, dimension: int) -> States:
    """Converts states of bodies from the order of `NBody` to body-major; the inverse of `component_major`.

    Args:
      states: Array or tensor `[..., 2n]`, with any batch.
      dimension: 2 or 3.

    Returns:
      The same numbers `[..., 2n]`, of the same kind and precision.

    Raises:
      ValueError: If the dimension is neither 2 nor 3, or the last axis does not hold positions and momenta of whole
        bodies.
    """
    return _taken(states, np.argsort(_order(states, dimension)))


def _order(states: States, dimension: int) -> np.ndarray:
    """Returns `[2n]`: the place in a body-major state of each number of a component-major state."""
    if dimension not in (2, 3):
        raise ValueError(f"dimension: expected 2 or 3; received {dimension}")
    width = states.shape[-1] if len(states.shape) else None
    if not width or width % (2 * dimension):
        raise ValueError(
            f"states: expected a last axis of positions and momenta of bodies in {dimension} dimensions, a multiple of "
            f"{2 * dimension}; received shape {tuple(states.shape)}"
        )
    return np.arange(width).reshape(2, -1, dimension).swapaxes(1, 2).ravel()


def _taken(states: States, order: np.ndarray) -> States:
    return tf.gather(states, order, axis=-1) if tf.is_tensor(states) else np.take(states, order, axis=-1)
