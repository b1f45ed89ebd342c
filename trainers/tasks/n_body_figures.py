"""The figures of a run with bodies."""

import pathlib

import numpy as np
import tensorflow as tf

from hnn_tf import figures
from hnn_tf.evaluation import evaluation_rollout
from hnn_tf.systems import NBody
from trainers.tasks.task import Models


def draw(folder: pathlib.Path, models: Models, *, system: NBody, start: np.ndarray, times: np.ndarray) -> None:
    """Draws the orbits with the exchange of energies, the energy, the coordinate error, and an animation of the orbits.

    Args:
      folder: The folder of the files, which is created if necessary.
      models: The trained models by label.
      system: The true bodies.
      start: The initial state of truth and models, `[1, 2n]`.
      times: `[T]`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # The order of the panels: the truth, the paper's baseline, the model.
    fields = {"truth": system} | {label: models[label] for label in sorted(models, key="baseline".__ne__)}
    paths = {label: evaluation_rollout(field, start, times)[0] for label, field in fields.items()}
    energies = {label: energy_parts(system, path) for label, path in paths.items()}
    positions = {label: body_positions(system, path) for label, path in paths.items()}
    total = {label: parts["total"] for label, parts in energies.items()}
    figures.draw_orbits(folder / "orbits.png", times=times, trajectories=positions, energies=energies)
    figures.draw_energy(folder / "energy.png", times=times, energies=total, energy_unit="", time_unit="")
    figures.draw_coordinate_error(
        folder / "coordinate_error.png",
        times=times,
        true=paths["truth"],
        predicted={label: paths[label] for label in models},
        state_names=system.state_names,
        state_units=system.state_units,
        time_unit="",
    )
    figures.draw_orbit_animation(folder / "rollout.gif", times=times, trajectories=positions)


def body_positions(system: NBody, path: np.ndarray) -> np.ndarray:
    """Returns the positions `[T, N, dimension]` along a trajectory `[T, 2n]`."""
    return np.swapaxes(system.bodies(tf.constant(path))[0].numpy(), -1, -2)


def energy_parts(system: NBody, path: np.ndarray) -> dict[str, np.ndarray]:
    """Returns the kinetic, potential and total energy `[T]` along a trajectory `[T, 2n]`."""
    state = tf.constant(path)
    parts = {"kinetic": system.kinetic_energy, "potential": system.potential_energy, "total": system.hamiltonian}
    return {name: energy(state).numpy() for name, energy in parts.items()}
