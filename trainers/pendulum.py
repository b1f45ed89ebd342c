"""Learns the ideal pendulum from noisy trajectories.

python -m trainers.pendulum --flagfile=pendulum.flags
"""

from hnn_tf.commands import command_line
from trainers import training_flags

if __name__ == "__main__":
    training_flags.define("pendulum", weight_decay=1e-4, noise_std=0.1)
    command_line.run("trainers.run:main", "pendulum", usage=__doc__)
