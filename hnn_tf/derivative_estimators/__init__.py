"""Time derivatives and denoised states of trajectories of which only noisy states were observed."""

from hnn_tf.derivative_estimators.base import DerivativeEstimator, Estimate
from hnn_tf.derivative_estimators.finite_difference import FiniteDifference
from hnn_tf.derivative_estimators.gaussian_process import GaussianProcess
from hnn_tf.derivative_estimators.registry import DERIVATIVE_ESTIMATORS
from hnn_tf.derivative_estimators.savitzky_golay import SavitzkyGolay
from hnn_tf.derivative_estimators.smoothing_spline import SmoothingSpline

__all__ = [
    "DERIVATIVE_ESTIMATORS",
    "DerivativeEstimator",
    "Estimate",
    "FiniteDifference",
    "GaussianProcess",
    "SavitzkyGolay",
    "SmoothingSpline",
]
