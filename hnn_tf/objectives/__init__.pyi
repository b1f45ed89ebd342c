from .base import Objective as Objective
from .combined_matching import CombinedMatching as CombinedMatching
from .derivative_matching import DerivativeMatching as DerivativeMatching
from .latent_matching import LatentMatching as LatentMatching
from .one_step import OneStep as OneStep
from .registry import OBJECTIVES as OBJECTIVES
from .trajectory_matching import TrajectoryMatching as TrajectoryMatching
from .weak_form import WeakForm as WeakForm
