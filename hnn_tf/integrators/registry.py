"""Integrators by name."""

from typing import TYPE_CHECKING

from hnn_tf.registry import Registry

if TYPE_CHECKING:
    from hnn_tf.integrators.base import Integrator

INTEGRATORS: Registry["Integrator"] = Registry(
    {
        "symplectic_euler": "hnn_tf.integrators.separable:SymplecticEuler",
        "leapfrog": "hnn_tf.integrators.separable:Leapfrog",
        "yoshida4": "hnn_tf.integrators.separable:Yoshida4",
        "blanes_moan4": "hnn_tf.integrators.separable:BlanesMoan4",
        "yoshida6": "hnn_tf.integrators.separable:Yoshida6",
        "tao2": "hnn_tf.integrators.tao:Tao2",
        "tao4": "hnn_tf.integrators.tao:Tao4",
        "implicit_midpoint": "hnn_tf.integrators.implicit_runge_kutta:ImplicitMidpoint",
        "gauss4": "hnn_tf.integrators.implicit_runge_kutta:GaussLegendre4",
        "gauss6": "hnn_tf.integrators.implicit_runge_kutta:GaussLegendre6",
        "rk4": "hnn_tf.integrators.runge_kutta:RungeKutta4",
        "rk8": "hnn_tf.integrators.runge_kutta:RungeKutta8",
        "dormand_prince": "hnn_tf.integrators.dormand_prince:DormandPrince",
    },
    make=lambda kind: kind(),
)
"""All integrators of the package, by the names that `--integrator` takes."""
