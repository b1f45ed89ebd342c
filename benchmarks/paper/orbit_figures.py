"""The paper's figures of bodies: orbits with their energies, twelve energies, and an animation of orbits."""

import pathlib
from typing import Any

import numpy as np

from hnn_tf import evaluation, figures
from trainers.tasks.n_body_figures import body_positions, energy_parts

NUM_TIMES = 501
NUM_PANELS = 12


def draw(folder: pathlib.Path, task: str, run: Any) -> None:
    """Draws the orbits of the published metric's trial 0, the energies of its first twelve trials, and an animation.

    Args:
      folder: The folder of the files.
      task: "two_body" or "three_body", a part of the files' names.
      run: The `benchmarks.trainings.trained_models.TrainedRun` of the task.
    """
    system, horizon = run.data.system, run.data.task.horizon
    times = np.linspace(0.0, horizon, NUM_TIMES)
    starts = np.concatenate([run.data.task.sample(np.random.RandomState(trial), 1) for trial in range(NUM_PANELS)])
    fields = {"truth": system, **run.models}
    paths = {label: evaluation.evaluation_rollout(field, starts, times) for label, field in fields.items()}
    energies = {label: [energy_parts(system, path) for path in each] for label, each in paths.items()}
    positions = {label: body_positions(system, path[0]) for label, path in paths.items()}
    figures.draw_orbits(
        folder / f"figure_3_{task}.png",
        times=times,
        trajectories=positions,
        energies={label: parts[0] for label, parts in energies.items()},
    )
    figures.draw_energy_panels(
        folder / f"{task}_twelve_energies.png",
        times=times,
        energies=[{label: parts[i]["total"] for label, parts in energies.items()} for i in range(NUM_PANELS)],
        titles=[f"trial {i}" for i in range(NUM_PANELS)],
    )
    figures.draw_coordinate_error(
        folder / f"{task}_coordinate_error.png",
        times=times,
        true=paths["truth"][0],
        predicted={label: paths[label][0] for label in run.models},
        state_names=system.state_names,
        state_units=system.state_units,
        time_unit="",
    )
    figures.draw_orbit_animation(folder / f"{task}.gif", times=times, trajectories=positions, frames=50)
