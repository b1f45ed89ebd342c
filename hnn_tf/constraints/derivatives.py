"""The derivatives of constraints, written out by the layer or by differentiation."""

from typing import Any

import tensorflow as tf

from hnn_tf.declarations import declared


def constraint_jacobian(constraints: Any, position: tf.Tensor) -> tf.Tensor:
    """Returns J = dphi/dq `[..., C, n]` of constraints q -> phi(q) `[..., C]` at positions `[..., n]`.

    A tape differentiates the constraints, unless they have a method `jacobian(position)`. Each phi must depend only on
    its own position.
    """
    written_out = declared(constraints, "jacobian")
    if written_out:
        return written_out(position)
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(position)
        components = tf.unstack(constraints(position), axis=-1)
    none = tf.UnconnectedGradients.ZERO
    return tf.stack([tape.gradient(each, position, unconnected_gradients=none) for each in components], -2)


def constraint_curvature(constraints: Any, position: tf.Tensor, velocity: tf.Tensor) -> tf.Tensor:
    """Returns v^T (d^2 phi / dq^2) v `[..., C]` at positions and velocities v, `[..., n]` each.

    Along a motion, d^2 phi / dt^2 = J a + v^T (d^2 phi / dq^2) v, where a is the acceleration. Two accumulators
    differentiate the constraints, unless they have a method `curvature(position, velocity)`.
    """
    written_out = declared(constraints, "curvature")
    if written_out:
        return written_out(position, velocity)
    none = tf.UnconnectedGradients.ZERO
    with tf.autodiff.ForwardAccumulator(position, velocity) as outer:
        with tf.autodiff.ForwardAccumulator(position, velocity) as inner:
            value = constraints(position)
        rate = inner.jvp(value, unconnected_gradients=none)
    return outer.jvp(rate, unconnected_gradients=none)
