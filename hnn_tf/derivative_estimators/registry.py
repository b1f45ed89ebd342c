"""Derivative estimators by name."""

from hnn_tf.derivative_estimators.base import DerivativeEstimator
from hnn_tf.derivative_estimators.finite_difference import FiniteDifference
from hnn_tf.derivative_estimators.gaussian_process import GaussianProcess
from hnn_tf.derivative_estimators.savitzky_golay import SavitzkyGolay
from hnn_tf.derivative_estimators.smoothing_spline import SmoothingSpline

DERIVATIVE_ESTIMATORS: dict[str, type[DerivativeEstimator]] = {
    kind.name: kind for kind in (FiniteDifference, SavitzkyGolay, SmoothingSpline, GaussianProcess)
}
"""Every derivative estimator of the package, by the name that `--derivatives` takes."""
