"""Derivative estimators by name."""

from typing import TYPE_CHECKING

from hnn_tf.registry import Registry

if TYPE_CHECKING:
    from hnn_tf.derivative_estimators.base import DerivativeEstimator

DERIVATIVE_ESTIMATORS: Registry[type["DerivativeEstimator"]] = Registry(
    {
        "finite_difference": "hnn_tf.derivative_estimators.finite_difference:FiniteDifference",
        "savitzky_golay": "hnn_tf.derivative_estimators.savitzky_golay:SavitzkyGolay",
        "smoothing_spline": "hnn_tf.derivative_estimators.smoothing_spline:SmoothingSpline",
        "gaussian_process": "hnn_tf.derivative_estimators.gaussian_process:GaussianProcess",
    }
)
"""All derivative estimators of the package, by the names that `--derivatives` takes."""
