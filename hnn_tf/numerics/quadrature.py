"""Integrals of a sampled function from each sample to the next."""

import tensorflow as tf


def interval_integrals(times: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Integrals between neighbouring samples, at times as irregular as they are.

    The trapezoid's, corrected by the curvature of the parabolas through three samples on either side of the interval:
    I_j = h (g_j + g_{j+1}) / 2 - h^3 g'' / 12. Summed up, the error is O(h^4) on smooth functions, the trapezoid's
    O(h^2). Of the two parabolas, the one that carries less noise weighs more; where samples much closer than h would
    give the correction more noise than the trapezoid has, it is scaled down to as much.

    Shape key: T samples, T >= 3.

    Args:
      times: `[..., T]`. Where they don't increase, the integrals are NaN.
      values: `[..., T, d]`.

    Returns:
      Integrals `[..., T - 1, d]`, of the values' precision.
    """
    step = times[..., 1:] - times[..., :-1]
    step = tf.where(step > 0, step, tf.constant(float("nan"), step.dtype))[..., tf.newaxis]
    before, after = step[..., :-1, :], step[..., 1:, :]
    # g''/2 is the sum of these times g at the three samples: the second divided difference.
    first, last = 1 / (before * (before + after)), 1 / (after * (before + after))
    middle = -(first + last)
    half_curvature = first * values[..., :-2, :] + middle * values[..., 1:-1, :] + last * values[..., 2:, :]
    precision = 1 / (first**2 + middle**2 + last**2)  # one over its variance, if the values' noise has variance 1
    # An end interval has one parabola only: the other has no weight.
    total_precision = _of_intervals(precision)
    half_curvature = _of_intervals(precision * half_curvature) / total_precision
    # h^3 / 6 / sqrt(total_precision) is the correction's noise, h / sqrt(2) the trapezoid's.
    damping = tf.minimum(tf.cast(1.0, step.dtype), 3 * tf.sqrt(2 * total_precision) / step**2)
    return step * (values[..., :-1, :] + values[..., 1:, :]) / 2 - damping * step**3 / 6 * half_curvature


def _of_intervals(of_triples: tf.Tensor) -> tf.Tensor:
    """For each interval, the sum over the one or two triples of samples that it lies in."""
    none = tf.zeros_like(of_triples[..., :1, :])
    return tf.concat([none, of_triples], -2) + tf.concat([of_triples, none], -2)
