"""A Bayesian linear model, in which the data determine the strength of the prior."""

import dataclasses
import math

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Posterior:
    """The normal distribution of the coefficients.

    Attributes:
      mean: The mean `[m]`.
      covariance: The covariance `[m, m]`.
      prior_std: The chosen a. The prior standard deviation of coefficient i is a c_i.
      effective_parameters: The number of coefficients that the data determine.
      log_evidence: The logarithm of the marginal likelihood, up to a constant of the data.
      noise_variance: The noise variance of the data, given or estimated.
    """

    mean: tf.Tensor
    covariance: tf.Tensor
    prior_std: float
    effective_parameters: float
    log_evidence: float
    noise_variance: float


def posterior(
    gram: tf.Tensor,
    moment: tf.Tensor,
    square: tf.Tensor,
    count: int,
    scales: tf.Tensor,
    *,
    noise_variance: float | None = None,
) -> Posterior:
    """Returns the posterior of w in y = X w + noise, w_i ~ N(0, (a c_i)^2), for the a of largest marginal likelihood.

    log p(y | a) = -1/2 [sum log(1 + e_i a^2 / s^2) + (y^T y - b^T (E + s^2/a^2)^-1 b) / s^2 + count log s^2]

    Here, s^2 is the variance of the noise. The Gram matrix of the scaled columns X c has the eigenvalues e_i, with the
    diagonal matrix E, and the eigenvectors V. The vector b is V^T c X^T y. One eigendecomposition gives the likelihood
    for every a.

    Args:
      gram: X^T X, `[m, m]`, float64.
      moment: X^T y, `[m]`.
      square: y^T y.
      count: The number of rows of X.
      scales: c, `[m]`, > 0.
      noise_variance: The noise variance of the rows; by default, it is estimated together with a.

    References:
      MacKay. Bayesian interpolation. Neural Computation 4, 1992; Bishop. Pattern Recognition and Machine Learning,
      2006, section 3.5.
    """
    scaled = gram * scales * scales[:, tf.newaxis]
    values, vectors = tf.linalg.eigh(scaled)
    values = tf.maximum(values, 0.0)
    projected = tf.linalg.matvec(vectors, moment * scales, transpose_a=True)
    # The precisions 1 / a^2 relative to the noise, over the whole relevant range.
    largest = tf.maximum(values[-1], tf.constant(1e-300, values.dtype))
    precisions = largest * tf.constant([10.0 ** (k / 4.0) for k in range(-64, 17)], values.dtype)
    shrunk = values + precisions[:, tf.newaxis]
    # The misfit is that of the best coefficients, and includes their penalty.
    misfit = square - tf.reduce_sum(projected**2 / shrunk, -1)
    # For a perfect fit, rounding can make the misfit negative.
    misfit = tf.maximum(misfit, 1e-15 * square + 1e-300)
    if noise_variance is None:
        fit = count * tf.math.log(misfit / count) + count
    else:
        fit = misfit / noise_variance + count * math.log(noise_variance)
    evidence = -0.5 * (tf.reduce_sum(tf.math.log1p(values / precisions[:, tf.newaxis]), -1) + fit)
    best = int(tf.argmax(evidence))
    variance = float(misfit[best]) / count if noise_variance is None else noise_variance
    basis = scales[:, tf.newaxis] * vectors
    return Posterior(
        mean=tf.linalg.matvec(basis, projected / shrunk[best]),
        covariance=variance * tf.matmul(basis / shrunk[best], basis, transpose_b=True),
        prior_std=math.sqrt(variance / float(precisions[best])),
        effective_parameters=float(tf.reduce_sum(values / shrunk[best])),
        log_evidence=float(evidence[best]),
        noise_variance=variance,
    )
