"""The figures of a run with frames."""

import pathlib
from typing import Any

import numpy as np

from hnn_tf import data, evaluation, figures
from hnn_tf.declarations import declared
from trainers.tasks.task import Models


def draw(folder: pathlib.Path, models: Models, pixels: Any, *, num_frames: int) -> None:
    """Draws the rollouts as pictures and as an animation, their energy and angle, and the latent with its level sets.

    Args:
      folder: The folder of the files, which is created if necessary.
      models: The trained models by label.
      pixels: The task's data, a `trainers.tasks.pixel_pendulum.PixelPendulumData`.
      num_frames: The number of frames to roll out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    energies = evaluation.swing_energy(pixels.test_states[:, 0])
    chosen = [int(np.argsort(energies)[len(energies) // 2])]
    # The order of the panels: the truth, the paper's baseline, the model.
    order = sorted(models, key="baseline".__ne__)
    start, truth = pixels.test_pairs[chosen, 0], pixels.test_states[chosen][0]
    rollouts = {label: pixels.rollout(models[label], start, num_frames) for label in order}
    frames = {"truth": pixels.test_pairs[chosen][0, ..., 1]}
    frames |= {label: pairs[0, ..., 1] for label, (_, pairs) in rollouts.items()}
    seen = {label: evaluation.states_of_frame_pairs(pairs)[0] for label, (_, pairs) in rollouts.items()}
    times = np.arange(num_frames + 1) * data.TIME_STEP
    figures.draw_film_strip(
        folder / "film_strip.png", frames=frames, indices=range(0, num_frames + 1, 10), time_step=data.TIME_STEP
    )
    figures.draw_frame_animation(folder / "rollout.gif", frames=frames, time_step=data.TIME_STEP)
    figures.draw_energy(
        folder / "energy.png",
        times=times,
        energies={label: evaluation.swing_energy(path) for label, path in ({"truth": truth} | seen).items()},
        energy_unit="8/3 J",
    )
    figures.draw_coordinate_error(
        folder / "coordinate_error.png",
        times=times,
        true=truth,
        predicted=seen,
        state_names=("theta", "omega"),
        state_units=("rad", "rad/s"),
    )
    for label in order:
        if declared(models[label].dynamics, "hamiltonian") is not None:
            draw_latent(folder / "latent_portrait.png", models[label], pixels, {label: rollouts[label][0][0]})


def draw_latent(path: pathlib.Path, model: Any, pixels: Any, rollouts: dict[str, np.ndarray]) -> None:
    """Draws level sets of the learned H over the latent plane, the encoded test frames, and latent rollouts."""
    figures.draw_latent_portrait(
        path,
        hamiltonian=lambda state: model.dynamics.hamiltonian(state.numpy().astype(model.compute_dtype)),
        encoded=model.encode(pixels.test_pairs.reshape(-1, *model.frame_shape)).numpy(),
        rollouts=rollouts,
        colours=pixels.test_states[..., 0].ravel(),
        colour_label="true angle (rad)",
    )
