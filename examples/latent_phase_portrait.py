"""Draws the phase plane that a model learned from pictures, with its energy and a motion in it.

python examples/latent_phase_portrait.py --model_path=runs/pixel_pendulum/model.keras
"""

import sys

import numpy as np
from absl import flags

from hnn_tf import InputError, LatentHamiltonianNetwork, data, figures
from hnn_tf.commands import command_line
from hnn_tf.export import load_model

NUM_SWINGS, NUM_FRAMES = 40, 100


def _main() -> None:
    settings = flags.FLAGS
    model = load_model(settings.model_path)
    if not isinstance(model, LatentHamiltonianNetwork) or not hasattr(model.dynamics, "hamiltonian"):
        raise InputError(
            f"--model_path={settings.model_path}: expected a LatentHamiltonianNetwork with a Hamiltonian; "
            "train one by python -m trainers.pixel_pendulum"
        )
    starts = data.sample_pendulum_states(np.random.default_rng(0), NUM_SWINGS)
    states = data.simulate_pendulum(starts, NUM_FRAMES)
    pairs = data.frame_pairs(data.render_pendulum(states[..., 0]))
    encoded = model.encode(pairs.reshape(-1, *model.frame_shape))
    rollout, _ = model.rollout(pairs[:1, 0], np.arange(NUM_FRAMES + 1.0))
    energy = model.dynamics.hamiltonian(rollout[0]).numpy()
    figures.draw_latent_portrait(
        settings.figure_path,
        hamiltonian=lambda latent: model.dynamics.hamiltonian(latent.numpy().astype(model.compute_dtype)),
        encoded=encoded.numpy(),
        rollouts={"hnn": rollout[0].numpy()},
        colours=states[:, 1:, 0].ravel(),
        colour_label="true angle (rad)",
    )
    sys.stdout.write(f"learned energy along {NUM_FRAMES} frames: {energy[0]:.4g}, within {np.ptp(energy):.1e}\n")
    sys.stdout.write(f"{settings.figure_path}\n")


if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "The model.keras of a run of trainers.pixel_pendulum.", required=True)
    flags.DEFINE_string("figure_path", "latent_phase_portrait.png", "The figure to write.")
    command_line.run(_main, usage=__doc__)
