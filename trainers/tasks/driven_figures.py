"""The figures of a run with a motor."""

import pathlib
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hnn_tf import data, figures
from hnn_tf.declarations import declared
from hnn_tf.evaluation import evaluation_rollout
from hnn_tf.figures.coordinates import DrawnInputs, draw_coordinates
from hnn_tf.motion_inputs import interval_ends
from hnn_tf.numerics.symplectic_gradient import energy_gradient
from hnn_tf.systems import DrivenPendulum
from trainers.tasks.task import Models


def draw(
    folder: pathlib.Path,
    models: Models,
    *,
    system: DrivenPendulum,
    recording: data.Recordings,
    observed: np.ndarray,
    start: np.ndarray,
    times: np.ndarray,
    torques: np.ndarray,
) -> None:
    """Draws coordinates with the torque, coordinate error, energy balance, learned Hamiltonian, and an animation.

    Args:
      folder: The folder of the files, which is created if necessary.
      models: The trained models by label.
      system: The true pendulum.
      recording: A test recording with true states, along which the coordinates are drawn.
      observed: The states on which the models were trained, `[N, 2]`.
      start: The initial state `[1, 2]` of a longer motion.
      times: The times of the longer motion, `[T]`.
      torques: The torques at these times, `[1, T, 1]`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, Any] = {"state_names": system.state_names, "state_units": system.state_units}
    given: dict[str, Any] = {"input_interpolation": recording.input_interpolation}
    fields = {"truth": system} | models
    times_of_readings, true, readings, own_torques = (
        recording.stacked(name)[0] for name in ("times", "true_states", "states", "inputs")
    )
    draw_coordinates(
        folder / "coordinates.png",
        times=times_of_readings,
        trajectories={
            label: evaluation_rollout(field, true[:1], times_of_readings, inputs=own_torques, **given)[0]
            for label, field in fields.items()
        },
        observed=readings,
        inputs=DrawnInputs(own_torques, system.input_names, system.input_units, recording.input_interpolation),
        **names,
    )
    paths = {
        label: evaluation_rollout(field, start, times, inputs=torques, **given)[0] for label, field in fields.items()
    }
    figures.draw_coordinate_error(
        folder / "coordinate_error.png",
        times=times,
        true=paths["truth"],
        predicted={label: paths[label] for label in models},
        **names,
    )
    with_energy = {label: field for label, field in fields.items() if declared(field, "hamiltonian") is not None}
    balances = {
        label: energy_balance(field, times, paths[label], torques[0], recording.input_interpolation)
        for label, field in with_energy.items()
    }
    figures.draw_forces(
        folder / "energy_balance.png",
        times=times,
        forces={part: {label: each[part][:, None] for label, each in balances.items()} for part in balances["truth"]},
        names=("Change of the energy = work of the torque + work of the friction",),
        unit=system.energy_unit,
    )
    for label in with_energy.keys() & models.keys():
        figures.draw_hamiltonian(
            folder / "hamiltonian.png",
            true=system.hamiltonian,
            learned=_in_own_precision(models[label]),
            observed=observed,
            energy_unit=system.energy_unit,
            learned_label=label,
            **names,
        )
    figures.draw_rollout_animation(
        folder / "rollout.gif", times=times, trajectories=paths, configuration="pendulum", **names
    )


def energy_balance(
    field: Any, times: np.ndarray, path: np.ndarray, inputs: np.ndarray, interpolation: str
) -> dict[str, np.ndarray]:
    """Returns the change of a motion's own energy since the first time, and the works that change it, `[T]` each.

    H(t) - H(0) = integral of (G^T grad H)^T u dt - integral of (grad H)^T R grad H dt.

    The integrals are sums by the trapezoidal rule, whose error is visible only if the intervals are long.

    Args:
      field: A model or a system with a Hamiltonian and inputs.
      times: `[T]`.
      path: Its trajectory `[T, 2n]`.
      inputs: `[T, m]`.
      interpolation: The interpolation of the inputs between the times.
    """
    states = tf.constant(path, declared(field, "compute_dtype") or "float64")
    energy = np.asarray(field.hamiltonian(states), np.float64)
    gradient = np.asarray(energy_gradient(field.hamiltonian, states), np.float64)
    outputs = np.sum(np.asarray(field.control(states), np.float64) * gradient[..., np.newaxis], -2)
    dissipation = declared(field, "dissipation")
    matrix = None if dissipation is None else dissipation(states)
    lost = np.zeros(len(times))
    if matrix is not None:
        lost = np.sum(gradient * np.sum(np.asarray(matrix, np.float64) * gradient[..., np.newaxis, :], -1), -1)
    starts, ends = inputs[:-1], np.asarray(interval_ends(inputs, interpolation))[:-1]
    power = np.sum(outputs[:-1] * starts + outputs[1:] * ends, -1) / 2.0
    return {
        "energy change": energy - energy[0],
        "work of torque": _summed(power, times),
        "work of friction": -_summed((lost[:-1] + lost[1:]) / 2.0, times),
    }


def _in_own_precision(model: keras.Model) -> Callable[[tf.Tensor], tf.Tensor]:
    """Returns H of a model as a function of states of any precision."""
    return lambda state: model.hamiltonian(tf.cast(state, model.compute_dtype))


def _summed(means: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Returns the integral `[T]` up to each time of a quantity with the given means `[T - 1]` over the intervals."""
    return np.concatenate([[0.0], np.cumsum(means * np.diff(times))])
