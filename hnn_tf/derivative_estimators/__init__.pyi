from .base import DerivativeEstimator as DerivativeEstimator
from .base import Estimate as Estimate
from .finite_difference import FiniteDifference as FiniteDifference
from .gaussian_process import GaussianProcess as GaussianProcess
from .registry import DERIVATIVE_ESTIMATORS as DERIVATIVE_ESTIMATORS
from .savitzky_golay import SavitzkyGolay as SavitzkyGolay
from .smoothing_spline import SmoothingSpline as SmoothingSpline
