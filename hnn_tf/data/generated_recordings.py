"""Simulated recordings of a family of systems, which differ in their parameters."""

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
    noise_std: float = 0.0,
    rng: np.random.Generator | None = None,
    inputs: np.ndarray | None = None,
    input_interpolation: str = "zero_order_hold",
    **description: Any,
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
      noise_std: The standard deviation of the Gaussian noise on the states; see `generate_trajectories`.
      rng: The source of the noise, which is necessary if `noise_std` is not zero.
      inputs: The inputs of all systems, `[T, m]` or `[N, T, m]`, if the systems have inputs.
      input_interpolation: How the inputs continue between the times; see `generate_trajectories`.
      **description: `time_unit` and `angles`, as in `Recordings`.

    Returns:
      N S recordings, with the true derivatives and the true states, and with the names and units of the first system.

    Raises:
      InputError: If the parameters are not numbers `[S, k]`, or the initial states have another shape.
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
        parameter_names=parameter_names,
        parameter_units=parameter_units,
        state_names=systems[0].state_names,
        state_units=systems[0].state_units,
        input_names=systems[0].input_names,
        input_units=systems[0].input_units,
        input_interpolation=input_interpolation,
        **description,
    )
