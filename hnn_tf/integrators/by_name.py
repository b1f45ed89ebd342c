"""Integrators by their names."""

from hnn_tf.input_error import InputError
from hnn_tf.integrators.base import Integrator
from hnn_tf.integrators.registry import INTEGRATORS


def get(integrator: str | Integrator) -> Integrator:
    """Returns the integrator with the given name. An `Integrator` is returned unchanged.

    Raises:
      InputError: If no integrator has the name.
    """
    if isinstance(integrator, Integrator):
        return integrator
    if integrator not in INTEGRATORS:
        raise InputError(f"integrator: expected one of {', '.join(sorted(INTEGRATORS))}; received {integrator!r}")
    return INTEGRATORS[integrator]
