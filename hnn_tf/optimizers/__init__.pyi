from .coupled_adam import CoupledAdam as CoupledAdam
from .lbfgs import LBFGS as LBFGS
