"""The forces and accelerations that a model computes, and their errors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf.data.forced_motion import ForcedMotion
from hnn_tf.declarations import declared
from hnn_tf.motion_parameters import check_parameters, given_parameters
from hnn_tf.numerics.pieces import of_piece, rows_in_pieces

_STATES_EACH = 16
"""The number of states as which each sample counts when the samples are cut into pieces; see `derivatives`."""

_METRICS = {
    "force": "torque_mse",
    "inertial_force": "inertial_mse",
    "coriolis_force": "coriolis_mse",
    "gravity_force": "gravity_mse",
    "acceleration": "acceleration_mse",
}
"""The names of the metrics of the parts of a `ForcedMotion`."""


def force_errors(model: Any, motion: ForcedMotion, *, parameters: np.ndarray | None = None) -> dict[str, float]:
    """Returns the mean squared errors of what a model computes, over readings and components.

    - `torque_mse`: of the forces of `inverse_dynamics`.
    - `inertial_mse`, `coriolis_mse`, `gravity_mse`: of the parts, if the model has a mechanical Hamiltonian.
    - `acceleration_mse`: of the accelerations of `forward_dynamics` under the true forces.

    The unit of the first four is the square of the unit of the forces. A model that computes no forces, or no
    accelerations, has no such errors.

    Args:
      model: A model that declares by `computes_forces` and `computes_accelerations` what it computes.
      motion: The true motion.
      parameters: Theta of a model with parameters, `[k]` or `[N, k]`.

    Raises:
      InputError: If parameters are missing, do not fit, or are given to a model that takes none.
    """
    found = computed_forces(model, motion, parameters=parameters)
    return {_METRICS[part]: float(np.mean((value - getattr(motion, part)) ** 2)) for part, value in found.items()}


def computed_forces(model: Any, motion: ForcedMotion, *, parameters: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Returns what a model computes for a motion, `[N, n]` each in float64, by the names in `ForcedMotion`.

    The names are `force`, `inertial_force`, `coriolis_force`, `gravity_force` and `acceleration`. The acceleration is
    that under the true forces. The arguments are as in `force_errors`.
    """
    check_parameters(model, parameters)
    q, v, a, tau = motion.position, motion.velocity, motion.acceleration, motion.force
    mechanical = declared(model, "hamiltonian")
    calls: dict[str, tuple[Callable[..., tf.Tensor], tuple[np.ndarray, ...]]] = {}
    if model.computes_forces():
        calls["force"] = (model.inverse_dynamics, (q, v, a))
    if model.computes_forces() and mechanical is not None:
        calls["inertial_force"] = (mechanical.inertial_force, (q, a))
        calls["coriolis_force"] = (mechanical.coriolis_force, (q, v))
        calls["gravity_force"] = (mechanical.gravity_force, (q,))
    if model.computes_accelerations():
        calls["acceleration"] = (model.forward_dynamics, (q, v, tau))
    return {part: _rows(model, function, arguments, parameters) for part, (function, arguments) in calls.items()}


def _rows(
    model: Any,
    function: Callable[..., tf.Tensor],
    arguments: tuple[np.ndarray, ...],
    parameters: np.ndarray | None,
) -> np.ndarray:
    def of(piece: slice) -> np.ndarray:
        columns = (tf.constant(argument[piece], model.compute_dtype) for argument in arguments)
        found = function(*columns, **given_parameters(of_piece(parameters, piece, ndim=2)))
        return found.numpy().astype(np.float64)

    return rows_in_pieces(of, len(arguments[0]), states_each=_STATES_EACH)
