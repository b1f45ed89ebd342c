"""Integrators by name."""

from hnn_tf.input_error import InputError
from hnn_tf.integrators.base import Integrator
from hnn_tf.integrators.dormand_prince import DormandPrince
from hnn_tf.integrators.implicit_runge_kutta import GaussLegendre4, GaussLegendre6, ImplicitMidpoint
from hnn_tf.integrators.runge_kutta import RungeKutta4, RungeKutta8
from hnn_tf.integrators.separable import BlanesMoan4, Leapfrog, SymplecticEuler, Yoshida4, Yoshida6
from hnn_tf.integrators.tao import Tao2, Tao4

INTEGRATORS: dict[str, Integrator] = {
    method.name: method
    for method in (
        SymplecticEuler(),
        Leapfrog(),
        Yoshida4(),
        BlanesMoan4(),
        Yoshida6(),
        Tao2(),
        Tao4(),
        ImplicitMidpoint(),
        GaussLegendre4(),
        GaussLegendre6(),
        RungeKutta4(),
        RungeKutta8(),
        DormandPrince(),
    )
}
"""Every integrator of the package, by the name that `--integrator` takes."""


def get(integrator: str | Integrator) -> Integrator:
    """The integrator of that name; an `Integrator` is returned as it is.

    Raises:
      InputError: If no integrator has that name.
    """
    if isinstance(integrator, Integrator):
        return integrator
    if integrator not in INTEGRATORS:
        raise InputError(f"integrator: expected one of {', '.join(sorted(INTEGRATORS))}; received {integrator!r}")
    return INTEGRATORS[integrator]
