"""The layout of a phase-space state: concat(q, p) along the last axis. No other file depends on this layout."""

import tensorflow as tf

from hnn_tf.typing import State


def dof(state: State) -> int:
    """Returns the number of degrees of freedom n of states `[..., 2n]`.

    Raises:
      ValueError: If the last axis is unknown, odd or zero.
    """
    width = state.shape[-1] if state.shape.rank else None
    if width is None or width == 0 or width % 2:
        raise ValueError(
            "state: expected a last axis of known even size 2n, concat(q, p); "
            f"received shape {tuple(state.shape) if state.shape.rank is not None else None}"
        )
    return width // 2


def split(state: State) -> tuple[tf.Tensor, tf.Tensor]:
    """Splits states `[..., 2n]` into position q `[..., n]` and momentum p `[..., n]`.

    Raises:
      ValueError: If the last axis is unknown, odd or zero.
    """
    n = dof(state)
    return state[..., :n], state[..., n:]


def join(position: tf.Tensor, momentum: tf.Tensor) -> State:
    """Joins q `[..., n]` and p `[..., n]` into states `[..., 2n]`.

    Raises:
      ValueError: If the last axes differ.
    """
    if position.shape[-1] != momentum.shape[-1]:
        raise ValueError(
            "phase_space.join: expected position and momentum of equal last axis n; "
            f"received {position.shape} and {momentum.shape}"
        )
    return tf.concat([position, momentum], axis=-1)


def symplectic_matrix(n: int, dtype: tf.DType = tf.float64) -> tf.Tensor:
    """Returns the canonical J = [[0, I], [-I, 0]] `[2n, 2n]`, with which ds/dt = J grad H(s)."""
    zero, one = tf.zeros([n, n], dtype), tf.eye(n, dtype=dtype)
    return tf.concat([tf.concat([zero, one], 1), tf.concat([-one, zero], 1)], 0)
