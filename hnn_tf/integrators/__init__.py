"""Integrators for Hamiltonian (and, where they say so, any other) vector fields."""

from hnn_tf.integrators.base import Integrator
from hnn_tf.integrators.composition import Composition
from hnn_tf.integrators.dormand_prince import DormandPrince
from hnn_tf.integrators.implicit_runge_kutta import (
    GaussLegendre4,
    GaussLegendre6,
    ImplicitMidpoint,
    ImplicitRungeKutta,
)
from hnn_tf.integrators.registry import INTEGRATORS, get
from hnn_tf.integrators.runge_kutta import ExplicitRungeKutta, RungeKutta4, RungeKutta8
from hnn_tf.integrators.separable import BlanesMoan4, Leapfrog, SymplecticEuler, Yoshida4, Yoshida6
from hnn_tf.integrators.tao import Tao2, Tao4

__all__ = [
    "INTEGRATORS",
    "BlanesMoan4",
    "Composition",
    "DormandPrince",
    "ExplicitRungeKutta",
    "GaussLegendre4",
    "GaussLegendre6",
    "ImplicitMidpoint",
    "ImplicitRungeKutta",
    "Integrator",
    "Leapfrog",
    "RungeKutta4",
    "RungeKutta8",
    "SymplecticEuler",
    "Tao2",
    "Tao4",
    "Yoshida4",
    "Yoshida6",
    "get",
]
