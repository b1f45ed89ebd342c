"""The paper's figures of the pixel pendulum: predicted frames, the latent with its level sets, and an energy bump."""

import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from hnn_tf import change_energy, data, evaluation, figures
from trainers.tasks import pixel_figures

NUM_FRAMES = 100
SEGMENT = 60
"""The number of frames between two changes of the energy."""


def draw(folder: pathlib.Path, clean: Any, paper: Any) -> None:
    """Draws all figures of the pixel pendulum; `clean` and `paper` are the `TrainedRun`s of the two protocols."""
    pixels = clean.data
    chosen = _median_start(pixels)
    start, truth = pixels.test_pairs[chosen, 0], pixels.test_states[chosen][0]
    frames = {"truth": pixels.test_pairs[chosen][0, ..., 1]}
    frames |= {label: pixels.rollout(clean.models[label], start, NUM_FRAMES)[1][0, ..., 1] for label in clean.models}
    figures.draw_film_strip(
        folder / "figure_4_pixel_pendulum.png", frames=frames, indices=range(0, 101, 10), time_step=data.TIME_STEP
    )
    figures.draw_frame_animation(folder / "pixel_pendulum.gif", frames=frames, time_step=data.TIME_STEP, scale=4)
    _draw_energies(folder / "pixel_pendulum_energy.png", {"paper": paper, "clean": clean}, start, truth)
    _draw_bump(folder, clean.models["hnn"], pixels, start)


def _median_start(pixels: Any) -> list[int]:
    energies = evaluation.swing_energy(pixels.test_states[:, 0])
    return [int(np.argsort(energies)[len(energies) // 2])]


def _draw_energies(path: pathlib.Path, runs: dict[str, Any], start: np.ndarray, truth: np.ndarray) -> None:
    titles = {"paper": "matching differences of latents", "clean": "through the integrator"}
    panels = []
    for run in runs.values():
        seen = {
            label: evaluation.states_of_frame_pairs(run.data.rollout(model, start, NUM_FRAMES)[1])[0]
            for label, model in run.models.items()
        }
        panels.append({label: evaluation.swing_energy(states) for label, states in ({"truth": truth} | seen).items()})
    figures.draw_energy_panels(
        path,
        times=np.arange(NUM_FRAMES + 1) * data.TIME_STEP,
        energies=panels,
        titles=[titles[protocol] for protocol in runs],
        energy_unit="8/3 J",
        time_unit="s",
    )


def _draw_bump(folder: pathlib.Path, model: Any, pixels: Any, start: np.ndarray) -> None:
    """Draws the counterpart of the paper's Figure 5.

    Energy is added and removed along grad H, between segments along J grad H.
    """
    dynamics, times = model.dynamics, np.arange(SEGMENT + 1.0)
    state = model.encode(start).numpy()
    encoded = model.encode(pixels.train_pairs.reshape(-1, *model.frame_shape))
    energy = dynamics.hamiltonian(encoded).numpy()
    here = float(dynamics.hamiltonian(tf.constant(state))[0])
    amount = 0.5 * (float(np.quantile(energy, 0.95)) - here)
    segments = []
    for change in (amount, -amount, 0.0):
        segments.append(evaluation.evaluation_rollout(dynamics, state, times)[0])
        state = segments[-1][-1:].astype(model.compute_dtype)
        if change:
            state = change_energy(dynamics, tf.constant(state), change).numpy()
    names = ("before", "energy added", "removed again")
    figures.draw_latent_portrait(
        folder / "figure_5_energy_bump.png",
        hamiltonian=lambda z: dynamics.hamiltonian(tf.cast(z, model.compute_dtype)),
        encoded=encoded.numpy(),
        rollouts=dict(zip(names, segments, strict=True)),
        colours=pixels.train_states[..., 0].ravel(),
        colour_label="true angle (rad)",
    )
    film = model.decode(np.concatenate(segments).astype(model.compute_dtype)).numpy()[..., 1]
    figures.draw_frame_animation(folder / "energy_bump.gif", frames={"hnn": film}, time_step=data.TIME_STEP, scale=4)
    pixel_figures.draw_latent(folder / "latent_space.png", model, pixels, {"hnn": segments[0]})
