"""An integrator by its name."""

from hnn_tf.input_error import InputError
from hnn_tf.integrators.base import Integrator
from hnn_tf.integrators.registry import INTEGRATORS


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
