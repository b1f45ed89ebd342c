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
    step = _steps(times)
    first, middle, last, precision = _parabolas(step)
    half_curvature = first * values[..., :-2, :] + middle * values[..., 1:-1, :] + last * values[..., 2:, :]
    # An interval at an end has only one parabola; the other parabola has no weight.
    total_precision = _before(precision) + _after(precision)
    half_curvature = (_before(precision * half_curvature) + _after(precision * half_curvature)) / total_precision
    return _integrals(step, values[..., :-1, :], values[..., 1:, :], half_curvature, total_precision)


def stencil_integrals(times: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Returns the integrals between neighbouring samples, of a function that differs from interval to interval.

    The rule is that of `interval_integrals`.

    Args:
      times: The times `[..., T]`. Where the times do not increase, the integrals are NaN.
      values: The values of each interval's function at the sample before the interval, at its two ends, and at the
        sample after it, `[..., T - 1, 4, d]`. A value at a sample that does not exist is not used, but must be finite.

    Returns:
      The integrals `[..., T - 1, d]`, in the values' precision.
    """
    step = _steps(times)
    first, middle, last, precision = _parabolas(step)
    outer_left, left, right, outer_right = (values[..., i, :] for i in range(4))
    before = _before(precision) * (_before(first) * outer_left + _before(middle) * left + _before(last) * right)
    after = _after(precision) * (_after(first) * left + _after(middle) * right + _after(last) * outer_right)
    total_precision = _before(precision) + _after(precision)
    return _integrals(step, left, right, (before + after) / total_precision, total_precision)


def _steps(times: tf.Tensor) -> tf.Tensor:
    step = times[..., 1:] - times[..., :-1]
    return tf.where(step > 0, step, tf.constant(float("nan"), step.dtype))[..., tf.newaxis]


def _parabolas(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
    """Returns the coefficients of g''/2 of the parabola through each triple of samples, and its precision."""
    before, after = step[..., :-1, :], step[..., 1:, :]
    # g''/2 is the second divided difference: the sum of these coefficients times g at the three samples.
    first, last = 1 / (before * (before + after)), 1 / (after * (before + after))
    middle = -(first + last)
    return first, middle, last, 1 / (first**2 + middle**2 + last**2)  # 1 / variance, if the noise has variance 1


def _integrals(
    step: tf.Tensor, left: tf.Tensor, right: tf.Tensor, half_curvature: tf.Tensor, total_precision: tf.Tensor
) -> tf.Tensor:
    # The correction's noise is h^3 / 6 / sqrt(total_precision), and the trapezoidal rule's noise is h / sqrt(2).
    damping = tf.minimum(tf.cast(1.0, step.dtype), 3 * tf.sqrt(2 * total_precision) / step**2)
    return step * (left + right) / 2 - damping * step**3 / 6 * half_curvature


def _before(of_triples: tf.Tensor) -> tf.Tensor:
    """Returns, for each interval, the value of the triple that ends with the interval; 0 for the first interval."""
    return tf.concat([tf.zeros_like(of_triples[..., :1, :]), of_triples], -2)


def _after(of_triples: tf.Tensor) -> tf.Tensor:
    """Returns, for each interval, the value of the triple that begins with the interval; 0 for the last interval."""
    return tf.concat([of_triples, tf.zeros_like(of_triples[..., :1, :])], -2)
