"""Simulated recordings of a family of systems, which differ in their parameters."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hnn_tf.data.recordings import Recordings
from hnn_tf.data.trajectories import generate_trajectories
from hnn_tf.input_error import InputError
from hnn_tf.systems import System


def generate_recordings(
    system: Callable[..., System],
    parameters: Any,
    initial_states: Any,
    times: np.ndarray,
    *,
    parameter_names: Sequence[str],
    parameter_units: Sequence[str] = (),
    time_unit: str = "",
    angles: Sequence[int] = (),
    body_dimension: int | None = None,
    noise_std: float = 0.0,
    rng: np.random.Generator | None = None,
    inputs: np.ndarray | None = None,
    input_interpolation: str = "zero_order_hold",
) -> Recordings:
    """Simulates several motions of each of several systems, and keeps the parameters of each system.

    The order is that of the initial states: first one recording of each system, from its first initial state, then one
    of each system from its second, and so on. If recordings are held out from the end, as in `hnn_tf.fit`, the training
    therefore has seen all parameters.

    Shape key: S = number of systems, k = number of parameters, N = number of motions of each system, n = dof.

    Args:
      system: A function from the k parameters of a system to the system, for example the class `systems.DrivenPendulum`
        for (mass, length, gravity).
      parameters: `[S, k]`, in units of your choice.
      initial_states: `[N, 2n]` for all systems, or `[S, N, 2n]`, the states at `times[0]`.
      times: `[T]`, in the system's time unit.
      parameter_names: The names of the k parameters.
      parameter_units: The units of the k parameters; empty by default.
      time_unit: The unit of the times; empty by default.
      angles: The indices of the positions that are angles in rad.
      body_dimension: The dimension of the space in which bodies move, as in `Recordings`.
      noise_std: The standard deviation of the Gaussian noise on the states; see `generate_trajectories`.
      rng: The source of the noise, which is necessary if `noise_std` is not zero.
      inputs: The inputs of all systems, `[T, m]` or `[N, T, m]`, if the systems have inputs.
      input_interpolation: How the inputs continue between the times; see `generate_trajectories`.

    Returns:
      N S recordings, with the true derivatives and the true states, and with the names and units of the first system.

    Raises:
      InputError: If the parameters are not numbers `[S, k]`, a system takes another number of parameters, the initial
        states have another shape, or names, units or angles do not fit. The simulations begin after these checks.
      ValueError: For the same reasons as in `generate_trajectories`.
      ArithmeticError: For the same reason as in `generate_trajectories`.
    """
    theta, states = np.asarray(parameters, np.float64), np.asarray(initial_states, np.float64)
    if theta.ndim != 2 or 0 in theta.shape:
        raise InputError(f"parameters: expected numbers [S, k], a row for each system; received shape {theta.shape}")
    if states.ndim not in (2, 3) or (states.ndim == 3 and len(states) != len(theta)):
        raise InputError(
            f"initial_states: expected [N, 2n], or [{len(theta)}, N, 2n] with separate states for each system; "
            f"received shape {states.shape}"
        )
    _check_arguments(system, theta[0])
    description: dict[str, Any] = {
        "parameter_names": parameter_names,
        "parameter_units": parameter_units,
        "time_unit": time_unit,
        "angles": angles,
        "body_dimension": body_dimension,
    }
    # Two readings without a motion are refused for the reasons for which the simulated ones would be, but at once.
    Recordings.from_arrays([0.0, 1.0], np.zeros([1, 2, states.shape[-1]]), parameters=theta[:1], **description)
    states = np.broadcast_to(states, (len(theta), *states.shape[-2:]))
    systems = [system(*map(float, row)) for row in theta]
    options: dict[str, Any] = {"inputs": inputs, "input_interpolation": input_interpolation}
    found = [
        generate_trajectories(each, own, times, noise_std=noise_std, rng=rng, **options)
        for each, own in zip(systems, states, strict=True)
    ]

    def ordered(name: str) -> np.ndarray:
        values = np.stack([getattr(each, name) for each in found], 1)  # [N, S, T, ...]
        return values.reshape(-1, *values.shape[2:])

    return Recordings.from_arrays(
        times,
        ordered("states"),
        time_derivatives=ordered("time_derivatives"),
        true_states=ordered("clean_states"),
        inputs=None if inputs is None else ordered("inputs"),
        parameters=np.tile(theta, [states.shape[1], 1]),
        state_names=systems[0].state_names,
        state_units=systems[0].state_units,
        input_names=systems[0].input_names,
        input_units=systems[0].input_units,
        input_interpolation=input_interpolation,
        **description,
    )


def _check_arguments(system: Callable[..., System], row: np.ndarray) -> None:
    """Refuses rows of parameters with more or fewer numbers than the function of the system takes."""
    try:
        inspect.signature(system).bind(*row)
    except TypeError as error:
        raise InputError(
            f"parameters: expected the numbers that the function of the system takes; received {len(row)} numbers in "
            f"the row {row.tolist()}; {error}"
        ) from error
