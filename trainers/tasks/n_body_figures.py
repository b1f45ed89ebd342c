"""The figures of a run with bodies."""

import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import figures
from hnn_tf.evaluation import evaluation_rollout
from hnn_tf.systems import System
from hnn_tf.systems.bodies import Bodies
from trainers.tasks.task import Models


def body_positions(system: Bodies, path: np.ndarray) -> np.ndarray:
    """Returns the positions `[T, N, dimension]` along a trajectory `[T, 2n]`."""
    return np.swapaxes(system.bodies(tf.constant(path))[0].numpy(), -1, -2)


def energy_parts(system: Bodies, path: np.ndarray) -> dict[str, np.ndarray]:
    """Returns the kinetic, potential and total energy `[T]` along a trajectory `[T, 2n]`."""
    state = tf.constant(path)
    parts = {"kinetic": system.kinetic_energy, "potential": system.potential_energy, "total": system.hamiltonian}
    return {name: energy(state).numpy() for name, energy in parts.items()}


def draw(
    folder: pathlib.Path,
    models: Models,
    *,
    system: System,
    start: np.ndarray,
    times: np.ndarray,
    positions: Callable[[Any, np.ndarray], np.ndarray] = body_positions,
    energies: Callable[[Any, np.ndarray], dict[str, np.ndarray]] = energy_parts,
    length_unit: str = "",
    time_unit: str = "",
) -> None:
    """Draws the orbits with the exchange of energies, the energy, the coordinate error, and an animation of the orbits.

    Args:
      folder: The folder of the files, which is created if necessary.
      models: The trained models by label.
      system: The true system.
      start: The initial state of truth and models, `[1, 2n]`.
      times: `[T]`.
      positions: A function (system, trajectory `[T, 2n]`) -> positions `[T, N, dimension]` of the drawn bodies; by
        default, `body_positions`.
      energies: A function (system, trajectory `[T, 2n]`) -> kinetic, potential and total energy `[T]` by these names;
        by default, `energy_parts`.
      length_unit: The unit of the positions.
      time_unit: The unit of the times.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # The order of the panels: the truth, the paper's baseline, the model.
    fields = {"truth": system} | {label: models[label] for label in sorted(models, key="baseline".__ne__)}
    paths = {label: evaluation_rollout(field, start, times)[0] for label, field in fields.items()}
    parts = {label: energies(system, path) for label, path in paths.items()}
    bodies = {label: positions(system, path) for label, path in paths.items()}
    total = {label: each["total"] for label, each in parts.items()}
    unit = system.energy_unit
    figures.draw_orbits(
        folder / "orbits.png",
        times=times,
        trajectories=bodies,
        energies=parts,
        length_unit=length_unit,
        time_unit=time_unit,
        energy_unit=unit,
    )
    figures.draw_energy(folder / "energy.png", times=times, energies=total, energy_unit=unit, time_unit=time_unit)
    figures.draw_coordinate_error(
        folder / "coordinate_error.png",
        times=times,
        true=paths["truth"],
        predicted={label: paths[label] for label in models},
        state_names=system.state_names,
        state_units=system.state_units,
        time_unit=time_unit,
    )
    figures.draw_orbit_animation(folder / "rollout.gif", times=times, trajectories=bodies, time_unit=time_unit)
