"""The manifold of the states that constraints allow: the distance from it, and the projection to it."""

from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import phase_space
from hnn_tf.constraints.constrained_motion import forces, multipliers
from hnn_tf.constraints.derivatives import constraint_jacobian
from hnn_tf.declarations import declared
from hnn_tf.input_error import InputError
from hnn_tf.typing import State

_MOST_ITERATIONS = 50
_ROUNDINGS = 16.0
"""The phi of a projected position, in roundings of the largest coordinate, at which the iteration ends in any case."""

_NEAR = 1e-3
"""The largest phi that may be left where roundings end the iteration earlier, in square roots of a rounding."""


def violation(constraints: Any, state: State) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the largest |phi(q)| and the largest |J v| `[...]` of states (q, v) `[..., 2n]`."""
    position, velocity = phase_space.split(_own(constraints, state))
    rates = tf.reduce_sum(constraint_jacobian(constraints, position) * velocity[..., tf.newaxis, :], -1)
    return tf.reduce_max(tf.abs(constraints(position)), -1), tf.reduce_max(tf.abs(rates), -1)


def projected(constraints: Any, state: State) -> State:
    """Returns states (q, v) `[..., 2n]` on the manifold, near the given ones `[..., 2n]`.

    Newton's method moves q along the columns of J^T until phi(q) = 0, to a few roundings. For small distances, this is
    the nearest position. v then loses its part in the space of these columns, so that J v = 0 and |v - v'| is least.
    The function is not differentiable. It computes in the precision of the constraints.

    Raises:
      InputError: If a position does not come to the manifold, for example because two ends of a rod are at one place.
    """
    state = _own(constraints, state)
    position, velocity = phase_space.split(state)
    rounding, before = np.finfo(state.dtype.as_numpy_dtype).eps, np.inf
    for _ in range(_MOST_ITERATIONS):
        values, jacobian = constraints(position), constraint_jacobian(constraints, position)
        size, largest = max(1.0, float(tf.reduce_max(tf.abs(position)))), float(tf.reduce_max(tf.abs(values)))
        # Roundings of large lengths may end the progress earlier. All comparisons are false for NaN.
        if largest <= _ROUNDINGS * rounding * size or (before / 2 <= largest <= _NEAR * rounding**0.5 * size):
            break
        matrix, before = tf.matmul(jacobian, jacobian, transpose_b=True), largest
        position -= forces(jacobian, multipliers(matrix, values))
    else:
        raise InputError(
            "projected: expected positions near the manifold; received some that do not come to it, with constraints "
            f"up to {float(tf.reduce_max(tf.abs(constraints(position)))):.3g}"
        )
    jacobian = constraint_jacobian(constraints, position)
    matrix = tf.matmul(jacobian, jacobian, transpose_b=True)
    rates = tf.reduce_sum(jacobian * velocity[..., tf.newaxis, :], -1)
    return phase_space.join(position, velocity - forces(jacobian, multipliers(matrix, rates)))


def _own(constraints: Any, state: State) -> tf.Tensor:
    """Returns a state in the precision of the constraints."""
    state = tf.convert_to_tensor(state)
    return tf.cast(state, declared(constraints, "compute_dtype") or state.dtype)
