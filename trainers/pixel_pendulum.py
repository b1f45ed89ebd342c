"""Learns a pendulum from pictures of it.

python -m trainers.pixel_pendulum --flagfile=pixel_pendulum.flags
"""

from absl import flags

from hnn_tf.commands import command_line, number_flags
from trainers import training_flags

if __name__ == "__main__":
    training_flags.define("pixel_pendulum", weight_decay=None, noise_std=0.0, steps=10_000, batch_size=200)
    training_flags.define_cache()
    flags.DEFINE_enum("renderer", "numpy", ("gymnasium", "numpy"), "Who draws: gymnasium needs the extra, and minutes.")
    # Of pictures that are some 3 MB a swing.
    flags.DEFINE_integer("num_trajectories", 200, "Swings, a fifth of them held out.", lower_bound=2, upper_bound=2000)
    flags.DEFINE_integer(
        "autoencoder_units", 200, "Width of the autoencoder's hidden layers.", lower_bound=1, upper_bound=2000
    )
    for name, default, meaning in (
        ("canonical_weight", 1.0, "Of the loss that makes the momentum a velocity."),
        ("motion_weight", 0.1, "Of the loss of the latent motion."),
    ):
        number_flags.define(name, default, meaning, least=0.0, most=number_flags.MOST_WEIGHT)
    command_line.run("trainers.run:main", "pixel_pendulum", usage=__doc__)
