"""Integrators by name."""

from hnn_tf.input_error import InputError
from hnn_tf.integrators.base import Integrator
from hnn_tf.integrators.leapfrog import Leapfrog
from hnn_tf.integrators.runge_kutta import RungeKutta4, RungeKutta8

INTEGRATORS: dict[str, Integrator] = {method.name: method for method in (Leapfrog(), RungeKutta4(), RungeKutta8())}
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
