"""Learns three bodies, whose motion is chaotic.

python -m trainers.three_body --flagfile=three_body.flags
"""

from hnn_tf.commands import command_line
from trainers import training_flags

if __name__ == "__main__":
    training_flags.define("three_body", weight_decay=1e-4, noise_std=0.0, steps=10_000, batch_size=600)
    training_flags.define_cache()
    command_line.run("trainers.run:main", "three_body", usage=__doc__)
