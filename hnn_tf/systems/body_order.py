"""In which order a state of bodies lists its numbers, and the way from the other order and back.

The states of `hnn_tf.systems.NBody` are component-major: all x, then all y, then all z; of two bodies in the plane
(x_1, x_2, y_1, y_2, p_x1, p_x2, p_y1, p_y2). Many data sets are body-major: (x_1, y_1, x_2, y_2, p_x1, p_y1, p_x2,
p_y2). Nothing in the numbers tells the two apart.
"""

from typing import TypeVar

import numpy as np
import tensorflow as tf

LAYOUT = "positions, then momenta; of each all x, then all y, then all z, in the order of the bodies"
"""Of states of bodies, in words."""

States = TypeVar("States", np.ndarray, tf.Tensor)


def component_major(states: States, *, dimension: int) -> States:
    """States of bodies in the order of `NBody`, from body-major ones.

    (x_1, y_1, x_2, y_2, p_x1, p_y1, ...) -> (x_1, x_2, y_1, y_2, p_x1, p_x2, ...). Momenta must be momenta, m_i v_i,
    already. Time derivatives are listed as states are.

    Args:
      states: Array or tensor `[..., 2n]`, any batch; n is the number of bodies times the dimension.
      dimension: 2 or 3.

    Returns:
      The same numbers `[..., 2n]`, of the same kind and precision.

    Raises:
      ValueError: If the dimension isn't 2 or 3, or the last axis doesn't hold positions and momenta of whole bodies.
    """
    return _taken(states, _order(states, dimension))


def body_major(states: States, *, dimension: int) -> States:
    """States of bodies, body-major, from the order of `NBody`: undoes `component_major`.

    Args:
      states: Array or tensor `[..., 2n]`, any batch.
      dimension: 2 or 3.

    Returns:
      The same numbers `[..., 2n]`, of the same kind and precision.

    Raises:
      ValueError: If the dimension isn't 2 or 3, or the last axis doesn't hold positions and momenta of whole bodies.
    """
    return _taken(states, np.argsort(_order(states, dimension)))


def _order(states: States, dimension: int) -> np.ndarray:
    """Where each number of a component-major state is in a body-major one `[2n]`."""
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
