"""Integrals of a sampled function from each sample to the next."""

import tensorflow as tf


def interval_integrals(times: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Returns the integrals between neighbouring samples, at regular or irregular times.

    The rule is the trapezoidal rule, corrected by the curvature of the parabolas through three samples on either side
    of the interval: I_j = h (g_j + g_{j+1}) / 2 - h^3 g'' / 12. For smooth functions, the total error is O(h^4), and
    that of the trapezoidal rule O(h^2). The parabola with less noise has more weight. Where samples are much closer
    than h, the noise of the correction would exceed the noise of the trapezoidal rule. The correction is then scaled
    down, so that the noise of both is equal.

    Shape key: T samples, T >= 3.

    Args:
      times: The times `[..., T]`. Where the times do not increase, the integrals are NaN.
      values: The values of the function, `[..., T, d]`.

    Returns:
      The integrals `[..., T - 1, d]`, in the values' precision.
    """
    step = times[..., 1:] - times[..., :-1]
    step = tf.where(step > 0, step, tf.constant(float("nan"), step.dtype))[..., tf.newaxis]
    before, after = step[..., :-1, :], step[..., 1:, :]
    # g''/2 is the second divided difference: the sum of these coefficients times g at the three samples.
    first, last = 1 / (before * (before + after)), 1 / (after * (before + after))
    middle = -(first + last)
    half_curvature = first * values[..., :-2, :] + middle * values[..., 1:-1, :] + last * values[..., 2:, :]
    precision = 1 / (first**2 + middle**2 + last**2)  # 1 / variance, if the values' noise has variance 1
    # An interval at an end has only one parabola; the other parabola has no weight.
    total_precision = _of_intervals(precision)
    half_curvature = _of_intervals(precision * half_curvature) / total_precision
    # The correction's noise is h^3 / 6 / sqrt(total_precision), and the trapezoidal rule's noise is h / sqrt(2).
    damping = tf.minimum(tf.cast(1.0, step.dtype), 3 * tf.sqrt(2 * total_precision) / step**2)
    return step * (values[..., :-1, :] + values[..., 1:, :]) / 2 - damping * step**3 / 6 * half_curvature


def _of_intervals(of_triples: tf.Tensor) -> tf.Tensor:
    """Returns, for each interval, the sum over the one or two triples of samples that contain it."""
    none = tf.zeros_like(of_triples[..., :1, :])
    return tf.concat([none, of_triples], -2) + tf.concat([of_triples, none], -2)
