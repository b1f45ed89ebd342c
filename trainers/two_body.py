"""Learns two bodies on near-circular orbits.

python -m trainers.two_body --flagfile=two_body.flags
"""

from hnn_tf.commands import command_line
from trainers import training_flags

if __name__ == "__main__":
    training_flags.define("two_body", weight_decay=0.0, noise_std=0.0, steps=10_000, batch_size=200)
    training_flags.define_cache()
    command_line.run("trainers.run:main", "two_body", usage=__doc__)
