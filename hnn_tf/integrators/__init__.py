"""Fixed-step integrators for Hamiltonian (and any other) vector fields."""

from hnn_tf.integrators.base import Integrator
from hnn_tf.integrators.leapfrog import Leapfrog
from hnn_tf.integrators.registry import INTEGRATORS, get
from hnn_tf.integrators.runge_kutta import ExplicitRungeKutta, RungeKutta4, RungeKutta8

__all__ = ["INTEGRATORS", "ExplicitRungeKutta", "Integrator", "Leapfrog", "RungeKutta4", "RungeKutta8", "get"]
