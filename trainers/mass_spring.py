"""Learns the ideal mass on a spring from noisy trajectories.

python -m trainers.mass_spring --flagfile=mass_spring.flags
"""

from hnn_tf.commands import command_line
from trainers import training_flags

if __name__ == "__main__":
    training_flags.define("mass_spring", weight_decay=1e-4, noise_std=0.1)
    command_line.run("trainers.run:main", "mass_spring", usage=__doc__)
